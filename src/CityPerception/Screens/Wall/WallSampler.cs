using CityPerception.Configuration;
using CityPerception.Core.Channels;
using CityPerception.Core.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.Core.Queries;
using CityPerception.Rollups;
using CityPerception.Storage.Rollups;

namespace CityPerception.Screens.Wall;

/// <summary>
/// Keeps the wall's board up to date while anybody looks: at once when a rollup of this process wrote something, and from
/// time to time for what another server wrote and for what has become old. Computed once, however many look.
/// </summary>
internal sealed class WallSampler(CurrentPlan current, ViewChanges changes, Viewers viewers, WallCaseReader cases, TimeProvider clock, ILogger<WallSampler> logger, ViewReader? reader = null, Names? elsewhere = null) : BackgroundService
{
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(200), Cases = TimeSpan.FromSeconds(1), Everything = TimeSpan.FromSeconds(15);

    private readonly WallBoard _board = new(reader, clock);
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WallSnapshot? _latest;
    private WallCases _cases = WallCases.None;
    private bool _away;

    /// <summary>The board; null before it was read the first time.</summary>
    public WallSnapshot? Latest => Volatile.Read(ref _latest);

    /// <summary>Ends when there is another than <see cref="Latest"/>.</summary>
    public Task NextBoard => Volatile.Read(ref _next).Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        DateTimeOffset due = DateTimeOffset.MinValue, casesDue = due;
        while (!stoppingToken.IsCancellationRequested)
        {
            await viewers.AnyAsync(stoppingToken);
            IngestPlan plan = current.Plan;
            HashSet<(string, ViewWindow)> changed = changes.Take();
            bool all = clock.GetUtcNow() >= due || _away;
            bool casesToo = clock.GetUtcNow() >= casesDue;
            if (all || casesToo || changed.Count > 0) await TryRefreshAsync(plan, [.. WallBoard.PartsOf(plan).Where(p => all || changed.Contains(p))], casesToo, stoppingToken);
            if (all) due = clock.GetUtcNow() + Everything;
            if (casesToo) casesDue = clock.GetUtcNow() + Cases;
            // Jobs of a tick end one after another: what follows within this is shown together.
            await Task.Delay(Gather, clock, stoppingToken);
        }
    }

    // A screen must not stop the server, whatever is wrong with it.
    private async Task TryRefreshAsync(IngestPlan plan, IReadOnlyList<(string, ViewWindow)> parts, bool casesToo, CancellationToken stoppingToken)
    {
        try
        {
            WallCases shown = _cases;
            if (casesToo) _cases = await cases.ReadAsync(plan, stoppingToken);
            if (parts.Count > 0 || !ReferenceEquals(shown, _cases)) await RefreshAsync(plan, parts, stoppingToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.WallFailed(e);
        }
    }

    private async Task RefreshAsync(IngestPlan plan, IReadOnlyList<(string, ViewWindow)> parts, CancellationToken stoppingToken)
    {
        try
        {
            await _board.ReadAsync(parts, plan.City, stoppingToken);
            _away = false;
        }
        catch (StoreUnavailableException e)
        {
            if (!_away) logger.WallWithoutStore(e.Message);
            _away = true;
        }

        Volatile.Write(ref _latest, _board.Build(plan, _away, _cases) with { Elsewhere = elsewhere });
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }
}

/// <summary>Event ids 2600-2609. Next free: 2602.</summary>
internal static partial class WallLog
{
    [LoggerMessage(2600, LogLevel.Warning, "The store does not answer: walls show what was read before, and say so. {Reason}")]
    public static partial void WallWithoutStore(this ILogger logger, string reason);

    [LoggerMessage(2601, LogLevel.Error, "The wall could not be drawn anew; it goes on showing what it has, and its age")]
    public static partial void WallFailed(this ILogger logger, Exception exception);
}
