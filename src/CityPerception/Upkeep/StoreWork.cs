using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CityPerception.Cases;
using CityPerception.Configuration;
using CityPerception.Core.Queries;
using CityPerception.DeadLetters;
using CityPerception.Hosting;
using CityPerception.Observability;
using CityPerception.Storage.Operations;
using Microsoft.Extensions.Logging.Console;

namespace CityPerception.Upkeep;

/// <summary>Something that happens during long work; the last one has the result.</summary>
internal interface IWorkEvent<out TResult>
    where TResult : class
{
    TResult? Result { get; }
}

/// <summary>How the work of a command ended: a result, or why there was none.</summary>
internal sealed record WorkReply<TResult>(TResult? Result, IReadOnlyList<string> Faults, bool IsBadUsage = false)
    where TResult : class;

/// <summary>What is asked of a server.</summary>
/// <param name="Path">With its query.</param>
/// <param name="Ended">What a person is told if the server is lost before the end.</param>
/// <param name="Body">Makes what is sent; null for nothing.</param>
internal sealed record WorkRequest(string Path, string Ended, Func<HttpContent>? Body = null);

/// <summary>Long work on a store, by the server of a data directory, which has the store open; or by the command itself where none runs.</summary>
internal static class StoreWork
{
    /// <summary>Has the server do it. Null if it is not there: its file is from a run that has ended.</summary>
    public static async Task<WorkReply<TResult>?> TryServerAsync<TEvent, TResult>(
        string dataDirectory, WorkRequest request, JsonTypeInfo<TEvent> json, Func<TEvent, ValueTask> say, CancellationToken cancellationToken)
        where TEvent : IWorkEvent<TResult>
        where TResult : class
    {
        if (InstanceFile.Read(dataDirectory) is not { } address) return null;
        using HttpClient http = InstanceClient.Create(address);
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, request.Path) { Content = request.Body?.Invoke() };
            using HttpResponseMessage answer = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (answer.StatusCode is HttpStatusCode.PreconditionFailed) return null;
            if (!answer.IsSuccessStatusCode)
            {
                string refusal = $"The server at {address.Url} refuses: {(int)answer.StatusCode} {await InstanceClient.FindDetailAsync(answer, cancellationToken)}";
                return new WorkReply<TResult>(null, [refusal], answer.StatusCode is HttpStatusCode.BadRequest);
            }

            using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
            while (await lines.ReadLineAsync(cancellationToken) is { } line)
            {
                if (JsonSerializer.Deserialize(line, json) is not { } happened) continue;
                if (happened.Result is { } result) return new WorkReply<TResult>(result, []);
                await say(happened);
            }

            return new WorkReply<TResult>(null, [request.Ended]);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError)
        {
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            return new WorkReply<TResult>(null, [request.Ended]);
        }
    }

    /// <summary>Does it here, with the store, the operational database and the configuration open.</summary>
    /// <param name="arguments">Where they are.</param>
    /// <param name="add">Adds the parts that the work needs.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<WorkReply<TResult>> HereAsync<TResult>(
        ServeArguments arguments, Action<IServiceCollection> add, Func<IServiceProvider, CurrentPlan, Task<WorkReply<TResult>>> work, CancellationToken cancellationToken)
        where TResult : class
    {
        if (!Directory.Exists(arguments.ConfigDirectory)) return new WorkReply<TResult>(null, [$"The configuration directory '{arguments.ConfigDirectory}' does not exist. Name it with --config DIR. 配置目录不存在。"], IsBadUsage: true);
        Settings settings = Settings.LoadFor(arguments.DataDirectory, arguments.Set);
        if (settings.Faults.Count > 0) return new WorkReply<TResult>(null, settings.Faults, IsBadUsage: true);
        if (ServeDirectories.Prepare(arguments) is { } directoryFault) return new WorkReply<TResult>(null, [directoryFault], IsBadUsage: true);

        await using ServiceProvider parts = Assemble(arguments, settings.Root, add);
        if (StartFaults.OfOptions(parts) is { Count: > 0 } faults) return new WorkReply<TResult>(null, faults, IsBadUsage: true);
        CurrentPlan current = parts.GetRequiredService<CurrentPlan>();
        if (!current.Load()) return new WorkReply<TResult>(null, [.. current.Faults.Select(f => f.ToString()), $"The configuration has {current.Faults.Count} faults: see cityperception check. 配置有误，请先运行 check。"]);
        try
        {
            await parts.GetRequiredService<OperationalDbs>().MigrateAsync(cancellationToken);
            await parts.GetRequiredService<IStore>().OpenAsync(cancellationToken);
            return await work(parts, current);
        }
        catch (Exception e) when (e is StoreUnavailableException or System.Data.Common.DbException or IOException or UnauthorizedAccessException)
        {
            return new WorkReply<TResult>(null, [e.Message]);
        }
    }

    private static ServiceProvider Assemble(ServeArguments arguments, IConfiguration settings, Action<IServiceCollection> add)
    {
        var services = new ServiceCollection();
        services.AddSingleton(settings);
        services.AddSingleton(arguments);
        services.AddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddLogging(logging => logging.AddLogOutput(new LoggingOptions { Level = LogLevel.Warning }));
        services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace); // the output is the report
        services.AddIngestConfiguration();
        services.AddSingleton<IngestMetrics>();
        services.AddSingleton<LiveStats>(); // the configuration tells it names
        services.AddStore(arguments, settings);
        services.AddOperations(arguments);
        services.AddCaseProjection();
        add(services);
        return services.BuildServiceProvider();
    }
}
