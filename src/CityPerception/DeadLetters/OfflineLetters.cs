using CityPerception.Core.Mapping;
using CityPerception.Hosting;
using CityPerception.Observability;
using CityPerception.Scoring;
using CityPerception.Sources;
using CityPerception.Sources.Hj212;
using CityPerception.Storage;
using CityPerception.Storage.DeadLetters;
using CityPerception.Storage.Spooling;
using CityPerception.Upkeep;
using Microsoft.Extensions.Logging.Console;

namespace CityPerception.DeadLetters;

/// <summary>
/// What is done about letters where no server runs: opens the data directory itself. What replayed letters become waits in
/// the spool, and the next server stores it. Removes no letters: which limits the server has, this process does not know.
/// </summary>
internal static class OfflineLetters
{
    /// <summary>Replays.</summary>
    /// <param name="dataDirectory">Where spool and letters lie.</param>
    /// <param name="set">Settings from the command line.</param>
    /// <param name="plan">The configuration to map with.</param>
    /// <param name="request">Whether to change anything.</param>
    /// <param name="filter">Which letters.</param>
    /// <param name="report">Is told how far it is.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<ReplayReply> ReplayAsync(
        string dataDirectory, IReadOnlyList<string> set, IngestPlan plan, ReplayRequest request, DeadLetterFilter filter, Func<ReplayEvent, ValueTask> report, CancellationToken cancellationToken)
    {
        string letters = Path.Combine(dataDirectory, StorageParts.DeadLetterFolder);
        Settings settings = Settings.LoadFor(dataDirectory, set);
        if (settings.Faults.Count > 0) return new ReplayReply(null, settings.Faults, IsBadUsage: true);

        await using ServiceProvider parts = Assemble(dataDirectory, settings.Root);
        if (StartFaults.OfOptions(parts) is { Count: > 0 } faults) return new ReplayReply(null, faults, IsBadUsage: true);
        if (request.DryRun || !Directory.Exists(letters)) // nothing is written, nor made
        {
            DeadLetterWalk walk = LetterAccess.Reader(dataDirectory).Walk(filter with { NewestFirst = false }, cancellationToken);
            return ReplayReply.Of(await LetterReplay.PreviewAsync(new LetterMapper(plan, parts.GetRequiredService<Hj212Keys>(), scorer: parts.GetRequiredService<ExternalScorer>()), walk, report, cancellationToken) with { DryRun = request.DryRun });
        }

        try
        {
            ReplayResult? result = await parts.GetRequiredService<LetterReplay>().RunAsync(plan, filter, hasDispatcher: false, report, cancellationToken);
            return ReplayReply.Of(result!); // nobody else runs one in this process
        }
        catch (SpoolInUseException e)
        {
            return ReplayReply.Failed(InUse(e));
        }
    }

    /// <summary>Discards.</summary>
    /// <param name="dataDirectory">Where the letters lie.</param>
    /// <param name="set">Settings from the command line.</param>
    /// <param name="request">Why, and whether to change anything.</param>
    /// <param name="filter">Which letters.</param>
    /// <param name="report">Is told how far it is.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<WorkReply<DiscardResult>> DiscardAsync(
        string dataDirectory, IReadOnlyList<string> set, DiscardRequest request, DeadLetterFilter filter, Func<DiscardEvent, ValueTask> report, CancellationToken cancellationToken)
    {
        filter = filter with { State = DeadLetterState.Open, NewestFirst = false };
        bool isDryRun = request.DryRun || !Directory.Exists(Path.Combine(dataDirectory, StorageParts.DeadLetterFolder)); // nothing is written, nor made
        if (isDryRun) return new WorkReply<DiscardResult>(await LetterDiscard.RunAsync(LetterAccess.Reader(dataDirectory).Walk(filter, cancellationToken), null, request.Why!.Trim(), report, cancellationToken), []);

        Settings settings = Settings.LoadFor(dataDirectory, set);
        if (settings.Faults.Count > 0) return new WorkReply<DiscardResult>(null, settings.Faults, IsBadUsage: true);
        await using ServiceProvider parts = Assemble(dataDirectory, settings.Root);
        if (StartFaults.OfOptions(parts) is { Count: > 0 } faults) return new WorkReply<DiscardResult>(null, faults, IsBadUsage: true);
        try
        {
            DeadLetterLog letters = parts.GetRequiredService<DeadLetterLog>();
            return new WorkReply<DiscardResult>(await LetterDiscard.RunAsync(letters.Walk(filter, cancellationToken), letters, request.Why!.Trim(), report, cancellationToken), []);
        }
        catch (SpoolInUseException e)
        {
            return new WorkReply<DiscardResult>(null, [InUse(e)]);
        }
    }

    private static string InUse(SpoolInUseException e) => $"{e.Message} If that is a server, it has not told its address yet, or is stopping: try again. 数据目录正被另一个进程使用，请稍后重试。";

    private static ServiceProvider Assemble(string dataDirectory, IConfiguration settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton(settings);
        services.AddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddLogging(logging => logging.AddLogOutput(new LoggingOptions { Level = LogLevel.Warning }));
        services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace); // the output is the report
        services.AddBackfillSpool(Path.Combine(dataDirectory, StorageParts.BackfillFolder));
        services.AddLetters(dataDirectory);
        services.AddSingleton<IngestMetrics>();
        services.AddBackfillIntake();
        services.AddHj212Keys();
        services.AddScorer();
        services.AddSingleton<LetterReplay>();
        return services.BuildServiceProvider();
    }
}
