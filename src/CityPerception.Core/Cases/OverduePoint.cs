using System.Collections.Immutable;
using System.IO.Hashing;
using System.Text;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Observations;

namespace CityPerception.Core.Cases;

/// <summary>
/// A point of the state overdue that the platform writes, so that rates add up: at the deadline of a case that was not ended
/// by then, one in each measurement that the case is told of in. <see cref="CaseEvent.Void"/> takes one back.
/// </summary>
/// <param name="Point">What is to be written.</param>
public readonly record struct OverduePoint(CaseEvent Point)
{
    private static readonly LineKey CaseId = new("case_id"u8), ParentSource = new("parent_source"u8), Deadline = new("deadline"u8), Void = new("void"u8);

    public long TimeMs => Point.TimeMs;

    /// <summary>What has to be written for a case with a deadline.</summary>
    /// <param name="events">Its points, with those of the state overdue that are there.</param>
    /// <param name="traits">What is known of the case.</param>
    /// <param name="deadlineMs">Its deadline.</param>
    /// <param name="misses">It was not ended by then.</param>
    internal static ImmutableArray<OverduePoint> Corrections(CaseEvents events, CaseTraits traits, long deadlineMs, bool misses)
    {
        ImmutableArray<OverduePoint>.Builder? found = null;
        foreach (string measurement in CaseMeasurements.All)
        {
            bool isToldOf = false;
            CaseEvent? right = null;
            foreach (CaseEvent point in events.Points)
            {
                if (point.Measurement != measurement) continue;
                if (point.State != CaseStates.Overdue) isToldOf = true;
                else if (point.Void != true && point.TimeMs == deadlineMs) right = point; // the last, should two servers have written one
            }

            if (!isToldOf) continue;
            foreach (CaseEvent point in events.Points)
            {
                if (point.Measurement != measurement || point.State != CaseStates.Overdue || point.Void == true || (misses && ReferenceEquals(point, right))) continue;
                (found ??= ImmutableArray.CreateBuilder<OverduePoint>()).Add(new OverduePoint(point with { Void = true }));
            }

            if (misses && right is null)
                (found ??= ImmutableArray.CreateBuilder<OverduePoint>()).Add(new OverduePoint(Make(measurement, traits, deadlineMs)));
        }

        return found?.ToImmutable() ?? [];
    }

    /// <summary>Writes it as a line.</summary>
    public void Write(CaseKey key, LineBuffer to)
    {
        var tags = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["category"] = Point.Category,
            ["dept"] = Point.Dept,
            ["district"] = Point.District,
            ["grid"] = Point.Grid,
            ["source"] = Point.Teller.Length > 0 ? Point.Teller : key.Source,
            ["state"] = Point.State,
        };
        foreach (string other in Point.OtherTags.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = other.IndexOf('=', StringComparison.Ordinal);
            tags[other[..equals]] = other[(equals + 1)..];
        }

        var line = new LineProtocolWriter(to, LineKey.OfMeasurement(Encoding.UTF8.GetBytes(Point.Measurement)));
        foreach ((string name, string value) in tags) line.Tag(new LineKey(Encoding.UTF8.GetBytes(name)), Encoding.UTF8.GetBytes(value));
        line.String(CaseId, Encoding.UTF8.GetBytes(key.Id));
        if (Point.Teller.Length > 0) line.String(ParentSource, Encoding.UTF8.GetBytes(key.Source));
        if (Point.Deadline is { } deadline) line.Integer(Deadline, deadline);
        line.Integer(Void, Point.Void == true ? 1 : 0);
        line.End(Identify(key.Id));
    }

    // The same identity below the millisecond that a mapping gives to events of this case.
    private long Identify(string id) => Point.TimeNs % ObservationTime.NsPerMillisecond != 0
        ? Point.TimeNs
        : Point.TimeNs + (long)(XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(id)) % ObservationTime.NsPerMillisecond);

    private static CaseEvent Make(string measurement, CaseTraits traits, long deadlineMs) => new()
    {
        Measurement = measurement,
        State = CaseStates.Overdue,
        TimeNs = deadlineMs * ObservationTime.NsPerMillisecond,
        District = traits.District,
        Grid = traits.Grid,
        Category = traits.Category,
        Dept = measurement == CaseMeasurements.CaseEvent ? traits.Dept : "",
        OtherTags = "sense=human",
        Deadline = deadlineMs / 1000,
        Void = false,
    };
}
