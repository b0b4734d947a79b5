using System.Data.Common;
using System.IO.Hashing;
using CityPerception.Configuration;
using CityPerception.Core.Cases;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Observations;
using CityPerception.Hosting;
using CityPerception.Storage.Cases;
using CityPerception.Storage.Spooling;

namespace CityPerception.Cases;

/// <summary>
/// The clock of cases: writes the point of the state overdue at the deadline of each case that was not ended by then, and
/// takes it back where it turns out that the case was. The points go the way of all others, so the projection hears of them
/// and knows what is done; several servers, and the same one after a crash, write the same point again.
/// </summary>
internal sealed class CaseClock(OperationsState state, IServiceProvider provider, CaseSettings settings, CurrentPlan current, Spool spool, TimeProvider clock, ILogger<CaseClock> logger)
    : BackgroundService
{
    private const int PageCases = 500;

    // While the store is away nothing that was written is seen as done.
    private const int MostUnderWay = 20_000;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10), Shortest = TimeSpan.FromSeconds(1), WriteAgain = TimeSpan.FromMinutes(10);

    // What was written and is not seen as done yet: by its hash, since when.
    private readonly Dictionary<ulong, long> _underWay = [];
    private readonly LineBuffer _lines = new(4096), _line = new(512);
    private bool _isAway;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await state.Opened.WaitAsync(stoppingToken);
        CaseQuery cases = provider.GetRequiredService<CaseQuery>();
        while (!stoppingToken.IsCancellationRequested)
        {
            TimeSpan wait = Longest;
            try
            {
                await WriteDueAsync(cases, stoppingToken);
                DateTimeOffset now = clock.GetUtcNow();
                if (await cases.NextDueAsync(now, stoppingToken) is { } next && next - now < Longest) wait = next - now;
                _isAway = false;
            }
            catch (Exception e) when (e is DbException or SpoolFailedException || e.InnerException is DbException)
            {
                if (!_isAway) logger.ClockWaits(e.Message); // once, not every ten seconds
                _isAway = true;
            }

            await Task.Delay(wait > Shortest ? wait : Shortest, clock, stoppingToken);
        }
    }

    private async Task WriteDueAsync(CaseQuery cases, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        HashSet<ulong> seen = [];
        bool isAll = true;
        CaseKey? after = null;
        for (IReadOnlyList<CaseRow> page; (page = await cases.DueAsync(now - current.Plan.City.Retention.Raw, now, after, PageCases, cancellationToken)).Count > 0;)
        {
            _lines.Clear();
            foreach (CaseRow row in page) Gather(row, now, seen);
            if (_lines.LineCount > 0) await AppendAsync(cancellationToken);
            after = new CaseKey(page[^1].Source, page[^1].Id);
            if (_underWay.Count < MostUnderWay) continue;
            isAll = false;
            break;
        }

        foreach ((ulong hash, long since) in _underWay.ToArray())
        {
            if ((isAll && !seen.Contains(hash)) || clock.GetElapsedTime(since) > WriteAgain) _underWay.Remove(hash);
        }
    }

    // By the configuration of now, which may have another calendar than the one that the row was made with.
    private void Gather(CaseRow row, DateTimeOffset now, HashSet<ulong> seen)
    {
        var key = new CaseKey(row.Source, row.Id);
        if (CaseState.Fold(CaseEvents.FromBytes(row.Events), settings.Terms) is not { } found) return;
        foreach (OverduePoint point in found.Corrections.Where(c => c.TimeMs <= now.ToUnixTimeMilliseconds()))
        {
            _line.Clear();
            point.Write(key, _line);
            ulong hash = XxHash3.HashToUInt64(_line.Written);
            seen.Add(hash);
            if (_underWay.TryAdd(hash, clock.GetTimestamp())) _lines.Append(_line);
        }
    }

    private async Task AppendAsync(CancellationToken cancellationToken)
    {
        long receipt;
        while (!spool.TryAppend(_lines.Written, _lines.LineCount, clock.UnixNs(), out receipt)) await spool.WaitForRoomAsync(cancellationToken);
        await spool.WaitDurableAsync(receipt, cancellationToken);
        logger.OverdueWritten(_lines.LineCount);
    }
}
