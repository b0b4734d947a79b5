using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using CityPerception.Access;
using CityPerception.Hosting;
using CityPerception.Observability;
using CityPerception.Storage.Operations.Access;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace CityPerception.Screens;

/// <summary>
/// <c>/api/live</c>: server-sent events. <c>names</c> first and after each reload of the configuration, <c>snapshot</c>
/// once a second. A snapshot is whole: a page that was away needs no history to go on.
/// </summary>
internal sealed class LiveFeed(LiveStats live, LiveSampler sampler, IOptions<HttpOptions> http, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(2);

    private Rendered? _latest;
    private int _viewers;

    /// <summary>Takes a place among the viewers, or says that there is none.</summary>
    public Results<ServerSentEventsResult<string>, ProblemHttpResult> Open(HttpContext context)
    {
        if (Interlocked.Increment(ref _viewers) > http.Value.MaxViewers)
        {
            Interlocked.Decrement(ref _viewers);
            context.Response.Headers.RetryAfter = "30";
            return TypedResults.Problem($"{http.Value.MaxViewers} screens follow already (Http:MaxViewers).", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        context.Response.OnCompleted(() =>
        {
            Interlocked.Decrement(ref _viewers);
            return Task.CompletedTask;
        });
        return TypedResults.ServerSentEvents(FollowAsync(context.RequestAborted));
    }

    private async IAsyncEnumerable<SseItem<string>> FollowAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A stop must not wait for screens: they come back by themselves.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        LiveNames? shown = null;
        while (!stop.IsCancellationRequested)
        {
            Task next = sampler.NextTick;
            LiveNames names = live.Names;
            if (!ReferenceEquals(names, shown))
            {
                shown = names;
                yield return new SseItem<string>(JsonSerializer.Serialize(names, LiveJson.Default.LiveNames), "names") { ReconnectionInterval = Reconnect };
            }

            yield return new SseItem<string>(Serialize(live.Current), "snapshot");
            await next.WaitAsync(stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Written once a second, however many follow. Two threads may both write it: the same text.
    private string Serialize(LiveSnapshot snapshot)
    {
        Rendered? latest = Volatile.Read(ref _latest);
        if (latest is null || !ReferenceEquals(latest.Snapshot, snapshot))
            Volatile.Write(ref _latest, latest = new Rendered(snapshot, JsonSerializer.Serialize(snapshot, LiveJson.Default.LiveSnapshot)));
        return latest.Json;
    }

    private sealed record Rendered(LiveSnapshot Snapshot, string Json);
}

/// <summary>Registration of the live figures and their feed.</summary>
internal static class LiveFeedExtensions
{
    public static IServiceCollection AddLive(this IServiceCollection services)
    {
        services.AddSingleton<LiveStats>(p => new LiveStats(p.GetRequiredService<IngestMetrics>(), p.GetRequiredService<TimeProvider>(), p.GetService<IPipelineCounts>()));
        services.AddSingleton<LiveSampler>();
        services.AddHostedService(p => p.GetRequiredService<LiveSampler>());
        services.AddSingleton<LiveFeed>();
        return services;
    }

    public static void MapLiveFeed(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/api/live", (LiveFeed feed, HttpContext context) => feed.Open(context))
            .Needs(KeyScopes.Read, AccessRules.Everybody)
            .WithSummary("Live figures of every source, once a second, as server-sent events (names, snapshot).")
            .WithTags("Live")
            .WithDescription("各数据源的实时数据，每秒一次，以服务器推送事件发送。");
}
