using System.Collections.Immutable;
using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;
using CityPerception.Core.Schema;
using CityPerception.Storage.Cases;
using CityPerception.Storage.Operations.Rollups;
using CityPerception.Storage.Rollups;

namespace CityPerception.Storage.Retention;

/// <summary>What retention needs to know of a configuration.</summary>
/// <param name="City">How long what is kept.</param>
/// <param name="Measurements">All measurements.</param>
/// <param name="Channels">The channels that are computed from them.</param>
public sealed record RetentionTerms(City City, MeasurementCatalog Measurements, ImmutableArray<string> Channels);

/// <summary>
/// Deletes what is older than city.yaml keeps it: whole civil days of observations, and views of minutes and hours. An
/// observation goes only when every window that it lies in has been computed, late data included.
/// </summary>
/// <remarks>
/// The order is what makes it safe. First is noted from when on points are kept: jobs compute nothing older from then on. Then
/// each run that had begun before is waited for. Only then is deleted: no run sees half of the points of a window. The note
/// is a watermark like those of rollups, so that of two servers one deletes.
/// </remarks>
public sealed class StoreRetention(IStore store, RollupState state, CaseTable cases, TimeProvider clock)
{
    private const int CasesAtOnce = 20_000;

    // The writer of an embedded store does nothing else meanwhile.
    private static readonly TimeSpan DeletedAtOnce = TimeSpan.FromDays(7);

    /// <summary>Says what is older, and deletes it.</summary>
    /// <param name="terms">How long what is kept.</param>
    /// <param name="dryRun">Only says.</param>
    /// <param name="report">Is told the share that is done, and of what.</param>
    /// <param name="cancellationToken">Stops it; what is deleted stays deleted.</param>
    /// <returns>Null if another run is at it.</returns>
    /// <exception cref="StoreUnavailableException">The store does not answer now: run it again.</exception>
    public async Task<RetentionResult?> RunAsync(RetentionTerms terms, bool dryRun, Func<double, string, ValueTask> report, CancellationToken cancellationToken)
    {
        if (dryRun)
        {
            (DateTimeOffset from, string? why) = await KeptAsync(terms, await state.KeptFromAsync(cancellationToken), cancellationToken);
            return new RetentionResult(await SurveyAsync(terms, from, report, cancellationToken), await cases.CountEndedAsync(from, cancellationToken), from, why, true);
        }

        if (await state.TryBeginAsync(RollupState.Kept, ViewWindow.Day, DateTimeOffset.UnixEpoch, cancellationToken) is not { } turn) return null;
        try
        {
            (DateTimeOffset kept, string? heldBack) = await KeptAsync(terms, turn.Through, cancellationToken);
            await AloneAsync(turn, kept, cancellationToken);
            await WaitForRunsAsync(terms, cancellationToken);
            ImmutableArray<RetentionShare> shares = await SurveyAsync(terms, kept, report, cancellationToken);
            bool deletes = true;
            for (int i = 0; i < shares.Length && deletes; i++)
            {
                await report((double)i / shares.Length, shares[i].Rule.Measurement);
                deletes = await DeleteAsync(shares[i], () => AloneAsync(turn, kept, cancellationToken), cancellationToken);
            }

            int ended = await cases.DeleteEndedAsync(kept, CasesAtOnce, cancellationToken);
            await state.ForgetOthersAsync(terms.Channels, kept, cancellationToken);
            return new RetentionResult(shares, ended, kept, heldBack, deletes);
        }
        finally
        {
            await state.EndAsync(turn);
        }
    }

    // Whole civil days: of a day that is kept every hour is.
    private async Task<(DateTimeOffset From, string? HeldBack)> KeptAsync(RetentionTerms terms, DateTimeOffset before, CancellationToken cancellationToken)
    {
        TimeZoneInfo zone = terms.City.Zone;
        DateTimeOffset wanted = ViewWindows.StartOf(ViewWindow.Day, clock.GetUtcNow() - terms.City.Retention.Raw, zone);
        DateTimeOffset? needed = await state.FirstNeededAsync(terms.Channels, cancellationToken);
        bool isHeld = needed < wanted;
        DateTimeOffset from = isHeld ? ViewWindows.StartOf(ViewWindow.Day, needed!.Value, zone) : wanted;
        string? why = isHeld ? $"rollups have still to compute windows of {needed:yyyy-MM-dd HH:mm}Z" : null;
        return (from > before ? from : before, why);
    }

    private async Task AloneAsync(RollupTurn turn, DateTimeOffset kept, CancellationToken cancellationToken)
    {
        if (!await state.AdvanceAsync(turn, kept, cancellationToken)) throw new OperationCanceledException("Another run has taken over.");
    }

    private async Task WaitForRunsAsync(RetentionTerms terms, CancellationToken cancellationToken)
    {
        foreach (string channel in terms.Channels)
        {
            foreach (ViewWindow window in Enum.GetValues<ViewWindow>())
                await state.EndAsync(await RollupRun.TakeTurnAsync(state, channel, window, terms.City.Zone, clock, cancellationToken));
        }
    }

    private async Task<ImmutableArray<RetentionShare>> SurveyAsync(RetentionTerms terms, DateTimeOffset kept, Func<double, string, ValueTask> report, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        ImmutableArray<RetentionShare>.Builder shares = ImmutableArray.CreateBuilder<RetentionShare>();
        foreach (RetentionRule rule in RetentionRule.Of(terms.Measurements))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await report(-1, rule.Measurement);
            DateTimeOffset before = rule.Class switch
            {
                RetentionClass.Raw => kept,
                RetentionClass.Minutes => ViewWindows.StartOf(ViewWindow.Day, now - terms.City.Retention.Minutes, terms.City.Zone),
                _ => ViewWindows.StartOf(ViewWindow.Day, now - terms.City.Retention.Hours, terms.City.Zone),
            };
            if (await ShareAsync(terms.Measurements.ByName.GetValueOrDefault(rule.Measurement), rule, before, cancellationToken) is { } share) shares.Add(share);
        }

        return shares.ToImmutable();
    }

    private async Task<RetentionShare?> ShareAsync(Measurement? measurement, RetentionRule rule, DateTimeOffset before, CancellationToken cancellationToken)
    {
        if (measurement is null || await EndAsync(rule, before, descending: false, cancellationToken) is not { } first) return null;
        DateTimeOffset last = await EndAsync(rule, before, descending: true, cancellationToken) ?? first;
        var query = new AggregateQuery
        {
            Measurement = rule.Measurement,
            Select = [.. measurement.Fields.Select(static f => new Selection(f.Name, Aggregate.Count))],
            From = first,
            To = before,
            Where = Points(rule, first, before).Where,
        };
        IReadOnlyList<AggregateRow> rows = await store.AggregateAsync(query, cancellationToken);
        return new RetentionShare(rule, before, (long)rows.SelectMany(static r => r.Values).Max(static v => v ?? 0), first, last);
    }

    private async Task<DateTimeOffset?> EndAsync(RetentionRule rule, DateTimeOffset before, bool descending, CancellationToken cancellationToken)
    {
        DeleteQuery points = Points(rule, DateTimeOffset.MinValue, before);
        var query = new PointQuery { Measurement = rule.Measurement, From = points.From, To = before, Where = points.Where, Limit = 1, Descending = descending };
        await foreach (Point point in store.ReadAsync(query, cancellationToken)) return ObservationTime.FromUnixNs(point.TimeNs);
        return null;
    }

    private async Task<bool> DeleteAsync(RetentionShare share, Func<Task> goOn, CancellationToken cancellationToken)
    {
        for (DateTimeOffset from = share.First; from < share.Before; from += DeletedAtOnce)
        {
            DateTimeOffset to = from + DeletedAtOnce;
            if (!await store.DeleteAsync(Points(share.Rule, from, to < share.Before ? to : share.Before), cancellationToken)) return false;
            await goOn();
        }

        return true;
    }

    private static DeleteQuery Points(RetentionRule rule, DateTimeOffset from, DateTimeOffset to) => new()
    {
        Measurement = rule.Measurement,
        From = from,
        To = to,
        Only = rule.Window is { } window ? (ChannelViews.Window, ViewWindows.NameOf(window)) : null,
    };
}
