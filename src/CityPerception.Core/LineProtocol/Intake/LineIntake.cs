using System.Collections.Immutable;
using CityPerception.Core.Observations;
using CityPerception.Core.Schema;
using CityPerception.Core.Text;

namespace CityPerception.Core.LineProtocol.Intake;

/// <summary>How a body of line protocol is to be understood.</summary>
public readonly record struct LineIntakeTerms
{
    /// <summary>The unit of its times.</summary>
    public required TimePrecision Precision { get; init; }

    /// <summary>When it arrived, in nanoseconds since 1970 UTC: the time of lines without one.</summary>
    public required long ReceivedNs { get; init; }

    /// <summary>The tag <c>source</c> of lines that have none.</summary>
    public required string Source { get; init; }

    /// <summary>Times before this are rejected; nanoseconds since 1970 UTC.</summary>
    public required long EarliestNs { get; init; }

    /// <summary>How far a time may lie ahead of the arrival.</summary>
    public required TimeSpan Ahead { get; init; }
}

/// <summary>What became of a body: its good lines are in the buffer.</summary>
/// <param name="Accepted">How many lines were good.</param>
/// <param name="Rejected">How many were not, those beyond the list included.</param>
/// <param name="Rejections">The first <see cref="LineIntake.MaxRejections"/> of them, in the order of the lines. The index is
/// the line's among the body's lines, from 0; the path is <c>line 3, column 17</c> of the body.</param>
public sealed record LineIntakeResult(int Accepted, int Rejected, ImmutableArray<Rejection> Rejections);

/// <summary>
/// Takes line protocol that has this city's names, as agents post it to <c>/write</c> and <c>/api/v2/write</c>, and makes
/// canonical lines of it: within the schema, tags and fields in order, nanoseconds. A bad line costs itself, and is
/// rejected whole. May be used by several threads; a new schema needs a new one.
/// </summary>
public sealed class LineIntake
{
    /// <summary>So many rejections of one body are kept word for word; the rest are counted.</summary>
    public const int MaxRejections = 100;

    private readonly Utf8Map<IntakePlan> _plans;
    private readonly IReadOnlyCollection<string> _names;

    public LineIntake(MeasurementCatalog catalog)
    {
        _names = catalog.ByName.Keys;
        _plans = new(catalog.ByName.Values.Select(m => KeyValuePair.Create(m.Name, new IntakePlan(m))));
    }

    /// <summary>Appends the good lines to the buffer. A body without lines has none of either.</summary>
    public LineIntakeResult Take(ReadOnlySpan<byte> body, in LineIntakeTerms terms, LineBuffer lines)
    {
        var line = new IntakeLine(terms);
        var rejections = ImmutableArray.CreateBuilder<Rejection>();
        int index = 0, accepted = 0;
        for (var reader = new LineProtocolReader(body); reader.NextLine(); index++)
        {
            if (line.TryTake(ref reader, this, lines))
            {
                accepted++;
                continue;
            }

            if (rejections.Count == MaxRejections) continue;
            LineFault fault = reader.Failed ? reader.Fault : reader.FaultAt(line.FaultOffset, line.FaultReason, line.FaultDetail());
            rejections.Add(new Rejection(fault.Reason, index, fault.Path, fault.Detail));
        }

        return new LineIntakeResult(accepted, index - accepted, rejections.DrainToImmutable());
    }

    internal IntakePlan? Find(ReadOnlySpan<byte> measurement) => _plans.TryGet(measurement, out IntakePlan plan) ? plan : null;

    internal string? Closest(string measurement) => Configuration.Suggest.Closest(measurement, _names);
}
