using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using CityPerception.Access;
using CityPerception.Observability;
using CityPerception.Storage.Operations.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CityPerception.Screens;

/// <summary>
/// <c>/api/live</c>: server-sent events. <c>names</c> first and after each reload of the configuration, <c>snapshot</c>
/// once a second. A snapshot is whole: a page that was away needs no history to go on.
/// </summary>
internal sealed class LiveFeed(LiveStats live, LiveSampler sampler, Viewers viewers, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(2);

    private readonly Rendered<LiveSnapshot> _snapshots = new(static s => JsonSerializer.Serialize(s, LiveJson.Default.LiveSnapshot));

    /// <summary>Takes a place among the viewers, or says that there is none.</summary>
    public Results<ServerSentEventsResult<string>, ProblemHttpResult> Open(HttpContext context) =>
        viewers.Refuse(context) is { } refusal ? refusal : TypedResults.ServerSentEvents(FollowAsync(context.RequestAborted));

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

            yield return new SseItem<string>(_snapshots.Of(live.Current), "snapshot");
            await next.WaitAsync(stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
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
