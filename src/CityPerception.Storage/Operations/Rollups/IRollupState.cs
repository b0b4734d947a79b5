using CityPerception.Core.Channels;

namespace CityPerception.Storage.Operations.Rollups;

/// <summary>What jobs know of each other and of the past: how far windows are computed, which late data touched, and who is at it.</summary>
public interface IRollupState
{
    /// <summary>Notes what has to be computed anew. Durable when it returns.</summary>
    Task TouchAsync(IReadOnlyDictionary<TouchedHour, long> bits, CancellationToken cancellationToken);

    /// <summary>The hours of a channel that have something pending for windows of a length, in the order of their starts.</summary>
    Task<IReadOnlyList<DirtyHour>> DirtyAsync(string channel, long bits, int limit, CancellationToken cancellationToken);

    /// <summary>Takes bits away from what was read, but from hours that were touched since.</summary>
    Task ClearAsync(IReadOnlyCollection<(DirtyHour Hour, long Bits)> done, CancellationToken cancellationToken);

    /// <summary>How far windows are computed; null if none ever was.</summary>
    Task<DateTimeOffset?> ThroughAsync(string channel, ViewWindow window, CancellationToken cancellationToken);

    /// <summary>From when on points are kept; the beginning of time where none were ever deleted.</summary>
    Task<DateTimeOffset> KeptFromAsync(CancellationToken cancellationToken);

    /// <summary>Takes the right to compute windows of a channel; null if another run has it.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="window">The length of the windows.</param>
    /// <param name="begin">Where computing begins if it never has.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<RollupTurn?> TryBeginAsync(string channel, ViewWindow window, DateTimeOffset begin, CancellationToken cancellationToken);

    /// <summary>Notes how far a run has come, and that it is alive. False if it had been given up for dead and another has its place.</summary>
    Task<bool> AdvanceAsync(RollupTurn turn, DateTimeOffset through, CancellationToken cancellationToken);

    /// <summary>Gives the right back.</summary>
    Task EndAsync(RollupTurn turn);
}
