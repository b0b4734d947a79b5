using System.Collections.Immutable;
using CityPerception.Core.LineProtocol;

namespace CityPerception.Storage.Projections;

/// <summary>Something that follows from stored observations and is kept beside the store, such as the present state of each case.</summary>
/// <remarks>
/// It is told of lines after the store has them and before the spool lets go of them: of each at least once, in any order
/// over all series, and again after a crash. So what it keeps must not depend on order or repeats, and must be the same as
/// what the store's points would give.
/// </remarks>
public interface IProjection
{
    /// <summary>As in logs and metrics.</summary>
    string Name { get; }

    /// <summary>The measurements it follows from; empty for all.</summary>
    ImmutableArray<string> Measurements { get; }

    /// <summary>Takes lines of its measurements, and is durable when it returns. One call at a time in this process.</summary>
    /// <param name="lines">Canonical line protocol with ns times; not to be kept beyond the call.</param>
    /// <param name="cancellationToken">The server stops; the lines come again.</param>
    /// <remarks>
    /// A failure of the database or the disk (<see cref="System.Data.Common.DbException"/>, <see cref="IOException"/> or
    /// <see cref="TimeoutException"/>, or one caused by them) is repeated until it succeeds. Any other is a defect: it is
    /// logged and counted, the lines are passed over, and rebuilding the projection from the store mends it.
    /// </remarks>
    ValueTask ApplyAsync(LineBatch lines, CancellationToken cancellationToken);
}
