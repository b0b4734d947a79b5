using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using CityPerception.Access;
using CityPerception.Configuration;
using CityPerception.Core.Configuration;
using CityPerception.Hosting;
using CityPerception.Observability;
using CityPerception.Rollups;
using CityPerception.Storage.Operations.Access;
using CityPerception.Storage.Rollups;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CityPerception.Screens.Wall;

/// <summary><c>/api/wall</c>: server-sent events. <c>board</c> as soon as a channel's views or the cases changed, <c>pulse</c> once a second.</summary>
internal sealed class WallFeed(LiveStats live, LiveSampler seconds, WallSampler board, Viewers viewers, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(2);

    private readonly Rendered<WallSnapshot> _boards = new(static b => JsonSerializer.Serialize(b, WallJson.Compact.WallSnapshot));
    private readonly Rendered<LiveSnapshot> _pulses = new(static s => JsonSerializer.Serialize(PulseOf(s), WallJson.Compact.WallPulse));

    /// <summary>Takes a place among the viewers, or says that there is none.</summary>
    public Results<ServerSentEventsResult<string>, ProblemHttpResult> Open(HttpContext context) =>
        viewers.Refuse(context) is { } refusal ? refusal : TypedResults.ServerSentEvents(FollowAsync(context.RequestAborted));

    private async IAsyncEnumerable<SseItem<string>> FollowAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A stop must not wait for screens: they come back by themselves.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        WallSnapshot? shown = null;
        Task tick = Task.CompletedTask;
        while (!stop.IsCancellationRequested)
        {
            Task next = board.NextBoard; // before the latest is read: one that comes in between is not missed
            if (tick.IsCompleted)
            {
                tick = seconds.NextTick;
                yield return new SseItem<string>(_pulses.Of(live.Current), "pulse") { ReconnectionInterval = Reconnect };
            }

            if (board.Latest is { } latest && !ReferenceEquals(latest, shown))
            {
                shown = latest;
                yield return new SseItem<string>(_boards.Of(latest), "board");
            }

            Task either = Task.WhenAny(tick, next);
            await either.WaitAsync(stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static WallPulse PulseOf(LiveSnapshot snapshot)
    {
        LiveTotals totals = snapshot.Totals;
        return new WallPulse(snapshot.Time, totals.Rate, totals.Accepted, totals.Rejected, totals.Waiting, snapshot.Sources.Count,
            snapshot.Sources.Count(static s => s.ReceivedBySecond.Any(static n => n > 0)), Of("thing"), Of("human"));

        long[] Of(string sense)
        {
            LiveSourceSnapshot[] mine = [.. snapshot.Sources.Where(s => s.Sense == sense)];
            return [.. Enumerable.Range(0, LiveSource.Seconds).Select(i => mine.Sum(s => s.ReceivedBySecond[i]))];
        }
    }
}

/// <summary>Registration of the wall and its feed.</summary>
internal static class WallExtensions
{
    public static IServiceCollection AddWall(this IServiceCollection services)
    {
        services.AddSingleton<Viewers>();
        services.AddSingleton<ViewChanges>();
        services.AddSingleton<WallCaseReader>();
        services.AddSingleton(static p => new WallSampler(p.GetRequiredService<CurrentPlan>(), p.GetRequiredService<ViewChanges>(), p.GetRequiredService<Viewers>(),
            p.GetRequiredService<WallCaseReader>(), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<WallSampler>>(), p.GetService<ViewReader>(), ElsewhereOf(p.GetRequiredService<ServeArguments>().Roles)));
        services.AddHostedService(static p => p.GetRequiredService<WallSampler>());
        return services.AddSingleton<WallFeed>();
    }

    // Without the dispatcher there is no store to read channels from.
    private static Names? ElsewhereOf(Roles running) => running.HasFlag(Roles.Dispatch) ? null : Elsewhere.Explain(Roles.Dispatch, running);

    public static void MapWall(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapDistrictMap();
        endpoints.MapGet("/api/wall", static (WallFeed feed, HttpContext context) => feed.Open(context))
            .Needs(KeyScopes.Read, AccessRules.Everybody)
            .WithSummary("What the wall shows, as server-sent events: board when views changed, pulse once a second.")
            .WithTags("Live")
            .WithDescription("大屏数据，以服务器推送事件发送：通道变化时发送 board，每秒发送 pulse。");
    }
}
