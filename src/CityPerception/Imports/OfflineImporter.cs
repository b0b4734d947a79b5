using CityPerception.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.Hosting;
using CityPerception.Imports.Reading;
using CityPerception.Observability;
using CityPerception.Scoring;
using CityPerception.Sources;
using CityPerception.Storage.Spooling;
using CityPerception.Storage.Stores;
using Microsoft.Extensions.Logging.Console;

namespace CityPerception.Imports;

/// <summary>
/// An import where no server runs: opens the data directory itself, with everything from spool to store, and ends when all
/// of it is stored.
/// </summary>
internal sealed class OfflineImporter : IImporter
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    private readonly IHost _host;
    private readonly IngestPlan _plan;

    private OfflineImporter(IHost host, IngestPlan plan, ImportSource source) => (_host, _plan, Source) = (host, plan, source);

    public ImportSource Source { get; }

    /// <summary>Opens a data directory.</summary>
    public static async Task<ImporterReply> OpenAsync(ServeArguments arguments, string source, CancellationToken cancellationToken)
    {
        Settings settings = Settings.LoadFor(arguments.DataDirectory, arguments.Set);
        if (settings.Faults.Count > 0) return new ImporterReply(null, settings.Faults, IsBadUsage: true);
        if (ServeDirectories.Prepare(arguments) is { } directoryFault) return new ImporterReply(null, [directoryFault], IsBadUsage: true);

        IHost host = Assemble(arguments, settings.Root);
        bool isOpen = false;
        try
        {
            if (StartFaults.OfOptions(host.Services) is { Count: > 0 } faults) return new ImporterReply(null, faults, IsBadUsage: true);
            CurrentPlan current = host.Services.GetRequiredService<CurrentPlan>();
            if (!current.Load()) return new ImporterReply(null, [.. current.Faults.Select(f => f.ToString()), $"The configuration has {current.Faults.Count} faults: see cityperception check. 配置有误，请先运行 check。"]);
            if (RowMapper.Describe(current.Plan, source) is not { } known) return new ImporterReply(null, [RowMapper.Unknown(current.Plan, source)], IsBadUsage: true);
            await host.StartAsync(cancellationToken);
            isOpen = true;
            return new ImporterReply(new OfflineImporter(host, current.Plan, known), []);
        }
        catch (SpoolInUseException e)
        {
            return new ImporterReply(null, [$"{e.Message} If that is a server, it has not told its address yet, or is stopping: try again. 数据目录正被另一个进程使用，请稍后重试。"]);
        }
        finally
        {
            if (!isOpen) await ((IAsyncDisposable)host).DisposeAsync();
        }
    }

    public async Task<ImportResult> RunAsync(
        ImportFile file, ImportChoices choices, Action<RowRejection, IReadOnlyList<string>?> refused, Action<FileProgress> progress, CancellationToken cancellationToken)
    {
        using IRowReader rows = RowReaders.Open(file.Stream, file.Terms, cancellationToken);
        RowMapper mapper = RowMapper.Find(_plan, Source.Source, choices.Properties, _host.Services.GetRequiredService<ExternalScorer>())!;
        var terms = new ImportTerms(ImportEndpoint.Path + Source.Source, choices.Properties, KeepsLetters: false);
        return await _host.Services.GetRequiredService<ImportRun>().RunAsync(rows, mapper, terms, happened =>
        {
            if (happened.Rejection is { } rejection) refused(rejection, rows.Columns);
            if (happened.Progress is { } counts) progress(new FileProgress(rows.Done, counts));
            return ValueTask.CompletedTask;
        }, cancellationToken);
    }

    public async Task FinishAsync(Action<long> waiting, CancellationToken cancellationToken)
    {
        var counts = _host.Services.GetRequiredService<IPipelineCounts>();
        for (long left; (left = counts.Read().Backfilling) > 0; waiting(left)) await Task.Delay(LookEvery, TimeProvider.System, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }

    private static IHost Assemble(ServeArguments arguments, IConfiguration settings)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddConfiguration(settings);
        builder.Logging.AddLogOutput(new LoggingOptions { Level = LogLevel.Warning });
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace); // the output is the report
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>(); // the command listens for signals itself
        builder.Services.AddSingleton(arguments);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddMetrics();
        builder.Services.AddIngestConfiguration();
        builder.Services.AddSingleton<LiveStats>(); // the configuration tells it names
        builder.Services.AddStorage(arguments, settings);
        builder.Services.AddOperations(arguments); // cases follow from what is stored
        builder.Services.PostConfigure<StoreOptions>(o => UseLittleMemory(o, settings));
        builder.Services.AddSingleton<IngestMetrics>();
        builder.Services.AddBackfillIntake();
        builder.Services.AddScorer();
        builder.Services.AddSingleton<ImportRun>();
        return builder.Build();
    }

    // It writes and asks nothing: what is enough for that, where the settings do not say otherwise. Measured with five million rows.
    private static void UseLittleMemory(StoreOptions store, IConfiguration settings)
    {
        string section = $"{StorageParts.StoreSection}:DuckDb:";
        if (settings[section + nameof(store.DuckDb.MemoryMegabytes)] is null) store.DuckDb.MemoryMegabytes = 96;
        if (settings[section + nameof(store.DuckDb.CheckpointMegabytes)] is null) store.DuckDb.CheckpointMegabytes = 16;
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
