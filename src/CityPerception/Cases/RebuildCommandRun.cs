using System.Net;
using System.Text.Json;
using CityPerception.Configuration;
using CityPerception.Core.Queries;
using CityPerception.DeadLetters;
using CityPerception.Hosting;
using CityPerception.Observability;
using CityPerception.Storage.Cases;
using CityPerception.Storage.Operations;
using Microsoft.Extensions.Logging.Console;

namespace CityPerception.Cases;

/// <summary>How the command's rebuild ended: a result, or why there was none.</summary>
internal sealed record RebuildReply(RebuildResult? Result, IReadOnlyList<string> Faults, bool IsBadUsage = false);

/// <summary>A rebuild by the server of a data directory, which has the store open; or by the command itself where none runs.</summary>
internal static class RebuildCommandRun
{
    private const string Ended = "The server ended, or was lost, before the rebuild was done; the cases are those from before. 服务中断，案件状态保持不变。";

    public static async Task<RebuildReply> RunAsync(ServeArguments arguments, Func<RebuildEvent, ValueTask> say, CancellationToken cancellationToken)
    {
        if (InstanceFile.Read(arguments.DataDirectory) is { } address && await TryServerAsync(address, say, cancellationToken) is { } reply) return reply;
        return await RunHereAsync(arguments, say, cancellationToken);
    }

    // Null if the server is not there: its file is from a run that has ended.
    private static async Task<RebuildReply?> TryServerAsync(InstanceAddress address, Func<RebuildEvent, ValueTask> say, CancellationToken cancellationToken)
    {
        using HttpClient http = InstanceClient.Create(address);
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, CaseEndpoints.RebuildPath);
            using HttpResponseMessage answer = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (answer.StatusCode is HttpStatusCode.PreconditionFailed) return null;
            if (!answer.IsSuccessStatusCode) return new RebuildReply(null, [$"The server at {address.Url} refuses: {(int)answer.StatusCode} {await InstanceClient.FindDetailAsync(answer, cancellationToken)}"]);
            using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
            while (await lines.ReadLineAsync(cancellationToken) is { } line)
            {
                RebuildEvent? happened = JsonSerializer.Deserialize(line, CaseViewJson.Default.RebuildEvent);
                if (happened?.Result is { } result) return new RebuildReply(result, []);
                if (happened is not null) await say(happened);
            }

            return new RebuildReply(null, [Ended]);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError)
        {
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            return new RebuildReply(null, [Ended]);
        }
    }

    private static async Task<RebuildReply> RunHereAsync(ServeArguments arguments, Func<RebuildEvent, ValueTask> say, CancellationToken cancellationToken)
    {
        Settings settings = Settings.LoadFor(arguments.DataDirectory, arguments.Set);
        if (settings.Faults.Count > 0) return new RebuildReply(null, settings.Faults, IsBadUsage: true);
        if (ServeDirectories.Prepare(arguments) is { } directoryFault) return new RebuildReply(null, [directoryFault], IsBadUsage: true);

        await using ServiceProvider parts = Assemble(arguments, settings.Root);
        if (StartFaults.OfOptions(parts) is { Count: > 0 } faults) return new RebuildReply(null, faults, IsBadUsage: true);
        CurrentPlan current = parts.GetRequiredService<CurrentPlan>();
        if (!current.Load()) return new RebuildReply(null, [.. current.Faults.Select(f => f.ToString()), $"The configuration has {current.Faults.Count} faults: see cityperception check. 配置有误，请先运行 check。"]);
        try
        {
            await parts.GetRequiredService<OperationalDbs>().MigrateAsync(cancellationToken);
            await parts.GetRequiredService<IStore>().OpenAsync(cancellationToken);
            RebuildResult? result = await RebuildEndpoint.RunAsync(parts.GetRequiredService<CaseRebuild>(), current, TimeProvider.System, say, cancellationToken);
            return result is null ? new RebuildReply(null, [RebuildEndpoint.UnderWay]) : new RebuildReply(result, []);
        }
        catch (Exception e) when (e is StoreUnavailableException or System.Data.Common.DbException or IOException or UnauthorizedAccessException)
        {
            return new RebuildReply(null, [e.Message]);
        }
    }

    private static ServiceProvider Assemble(ServeArguments arguments, IConfiguration settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton(settings);
        services.AddSingleton(arguments);
        services.AddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddLogging(logging => logging.AddLogOutput(new LoggingOptions { Level = LogLevel.Warning }));
        services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace); // the output is the report
        services.AddIngestConfiguration();
        services.AddSingleton<LiveStats>(); // the configuration tells it names
        services.AddStore(arguments, settings);
        services.AddOperations(arguments);
        services.AddCaseProjection();
        services.AddCases(Roles.Dispatch);
        return services.BuildServiceProvider();
    }
}
