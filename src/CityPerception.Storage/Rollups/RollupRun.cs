using System.Collections.Immutable;
using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Core.Queries;
using CityPerception.Storage.Operations.Rollups;

namespace CityPerception.Storage.Rollups;

/// <summary>What is to be computed anew.</summary>
/// <param name="Channels">Of which channels.</param>
/// <param name="Windows">Of which lengths.</param>
/// <param name="From">The windows that this lies in, and those after.</param>
/// <param name="To">Up to the window that ends then or later.</param>
/// <param name="DryRun">Only says what would change.</param>
public sealed record RollupRequest(ImmutableArray<Channel> Channels, ImmutableArray<ViewWindow> Windows, DateTimeOffset From, DateTimeOffset To, bool DryRun);

/// <summary>How far a run is.</summary>
/// <param name="Channel">The channel that it is at.</param>
/// <param name="Window">The length of windows.</param>
/// <param name="Through">Up to when it has come there.</param>
/// <param name="Done">Of all, from 0 to 1.</param>
/// <param name="Counts">What it has done.</param>
public readonly record struct RollupProgress(string Channel, ViewWindow Window, DateTimeOffset Through, double Done, RollupCounts Counts);

/// <summary>
/// Computes a range of windows anew, piece by piece. Each piece takes the lease of its channel and length, so that no job is
/// at the same windows, and gives it back, so that the job which is due is not kept waiting. Stopped and run again it does no
/// harm: what says nothing new is not written.
/// </summary>
public sealed class RollupRun(RollupEngine engine, IRollupState state, TimeProvider clock)
{
    private const int MinutesAtOnce = 120, HoursAtOnce = 48, DaysAtOnce = 7;

    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(200);

    /// <summary>Computes. What is written stays when it is stopped.</summary>
    /// <param name="request">What.</param>
    /// <param name="city">Its districts, zone, and how long views of minutes are kept.</param>
    /// <param name="report">Is told how far it is.</param>
    /// <param name="cancellationToken">Stops it after the piece under way.</param>
    /// <exception cref="StoreUnavailableException">The store does not answer now.</exception>
    public async Task<RollupCounts> RunAsync(RollupRequest request, City city, Func<RollupProgress, ValueTask> report, CancellationToken cancellationToken)
    {
        DateTimeOffset kept = await state.KeptFromAsync(cancellationToken);
        List<Piece> pieces = [.. request.Channels.SelectMany(c => request.Windows.Order().SelectMany(w => Pieces(request, c, w, city, kept)))];
        RollupCounts counts = default;
        for (int i = 0; i < pieces.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Piece piece = pieces[i];
            counts += request.DryRun
                ? await engine.ComputeAsync(piece.Channel, piece.Window, (piece.From, piece.To), city, only: null, cancellationToken, dryRun: true)
                : await ComputeAloneAsync(piece, city, cancellationToken);
            await report(new RollupProgress(piece.Channel.Slug, piece.Window, piece.To, (i + 1.0) / pieces.Count, counts));
        }

        return counts;
    }

    private IEnumerable<Piece> Pieces(RollupRequest request, Channel channel, ViewWindow window, City city, DateTimeOffset kept)
    {
        // A day is made of all its hours: they are computed with it.
        ViewWindow whole = window is ViewWindow.Hour && request.Windows.Contains(ViewWindow.Day) ? ViewWindow.Day : window;
        DateTimeOffset now = clock.GetUtcNow(), ended = ViewWindows.StartOf(window, now - RollupJob.Grace, city.Zone);
        DateTimeOffset first = ViewWindows.StartOf(whole, request.From, city.Zone), end = ViewWindows.StartOf(whole, request.To, city.Zone);
        if (end < request.To) end = ViewWindows.Next(whole, end, city.Zone);
        if (first < kept) first = kept; // a civil day's start
        // Views of minutes that retention takes away again are not made.
        if (window is ViewWindow.Minute && now - first > city.Retention.Minutes) first = ViewWindows.StartOf(window, now - city.Retention.Minutes, city.Zone);
        // With the windows after them whose level looks back at them.
        int reach = channel.Kpis.Select(static k => k.Levels?.Hold ?? 1).DefaultIfEmpty(1).Max() - 1;
        end = ViewWindows.Back(window, end, -reach, city.Zone);
        if (end > ended) end = ended;
        int atOnce = window switch { ViewWindow.Minute => MinutesAtOnce, ViewWindow.Hour => HoursAtOnce, _ => DaysAtOnce };
        for (DateTimeOffset from = first; from < end;)
        {
            DateTimeOffset to = ViewWindows.Back(window, from, -atOnce, city.Zone);
            if (to > end) to = end;
            yield return new Piece(channel, window, from, to);
            from = to;
        }
    }

    private async Task<RollupCounts> ComputeAloneAsync(Piece piece, City city, CancellationToken cancellationToken)
    {
        RollupTurn turn = await TakeTurnAsync(state, piece.Channel.Slug, piece.Window, city.Zone, clock, cancellationToken);
        try
        {
            // Retention may have gone on since the run began; it waits for whoever has a turn before it deletes.
            DateTimeOffset kept = await state.KeptFromAsync(cancellationToken);
            if (piece.To <= kept) return default;
            return await engine.ComputeAsync(piece.Channel, piece.Window, (piece.From < kept ? kept : piece.From, piece.To), city, only: null, cancellationToken);
        }
        finally
        {
            await state.EndAsync(turn);
        }
    }

    /// <summary>Waits until no other run is at the windows of a channel; one that died gives way after its lease.</summary>
    internal static async Task<RollupTurn> TakeTurnAsync(IRollupState state, string channel, ViewWindow window, TimeZoneInfo zone, TimeProvider clock, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Where no job ever ran, jobs begin now, as their own first run has it.
            DateTimeOffset begin = ViewWindows.StartOf(window, clock.GetUtcNow() - RollupJob.Grace, zone);
            if (await state.TryBeginAsync(channel, window, begin, cancellationToken) is { } turn) return turn;
            await Task.Delay(AskAgain, clock, cancellationToken);
        }
    }

    private sealed record Piece(Channel Channel, ViewWindow Window, DateTimeOffset From, DateTimeOffset To);
}
