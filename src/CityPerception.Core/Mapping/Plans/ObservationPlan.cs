using System.IO.Hashing;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Mapping.Expressions;
using CityPerception.Core.Mapping.Values;
using CityPerception.Core.Observations;

namespace CityPerception.Core.Mapping.Plans;

/// <summary>Writes one kind of observation of a document or element: whole, or not at all.</summary>
internal sealed class ObservationPlan
{
    private static readonly LineKey TimeSource = new("ts_source"u8), Suggested = new("suggested"u8);

    public Evaluator? When { get; init; }

    public required TimePlan Time { get; init; }

    /// <summary>Human events: their identity goes into the time below the millisecond.</summary>
    public bool IsEvent { get; init; }

    public ValuePlan? Id { get; init; }

    public required SeriesPlan Series { get; init; }

    /// <summary>What is asked of the tag <c>device</c>; null for nothing.</summary>
    public DeviceRule? Device { get; init; }

    public required FieldPlan[] Fields { get; init; }

    public LocationPlan? Location { get; init; }

    public MembersPlan? Members { get; init; }

    /// <summary>Where no field has a value nothing is wrong: the document is about something else.</summary>
    public bool OmitsEmpty { get; init; }

    /// <summary>Whether the measurement has a field for times that are the arrival's.</summary>
    public bool MarksArrival { get; init; }

    /// <summary>Whether the measurement has a field for tags that were suggested and not given.</summary>
    public bool MarksSuggestion { get; init; }

    /// <summary>Appends the line, or leaves nothing and says why. True, with no line, also where a condition left it out.</summary>
    /// <param name="element">The bytes of the document or element.</param>
    public bool TryWrite(CompiledSource source, scoped in MappingContext context, ReadOnlySpan<byte> element)
    {
        MappingRun run = context.Run;
        if (When is not null && !When(in context).IsTruthy) return true;

        if (!Time.TryRead(in context, out long ns, out bool isArrival)) return false;
        // A retained message comes again with every subscription: without its own time it would be new each time.
        if (isArrival && run.Retained) return true;

        if (IsEvent && !TryIdentify(in context, element, ref ns)) return false;

        run.HasSuggestion = false;
        bool written = Series.TryBegin(in context, out LineProtocolWriter line) && (Device is null || Device.Allows(run)) && TryWriteFields(source, in context, isArrival, ref line);
        if (written && line.Fields == 0 && OmitsEmpty)
        {
            line.Abandon();
            return true;
        }

        if (written && line.Fields == 0) written = run.Fail(RejectionReason.FieldsEmpty, "$", "no field of the observation has a value");
        if (written) line.End(ns);
        else line.Abandon();
        return written;
    }

    private bool TryWriteFields(CompiledSource source, scoped in MappingContext context, bool isArrival, ref LineProtocolWriter line)
    {
        foreach (FieldPlan field in Fields)
            if (!field.TryWrite(in context, ref line)) return false;
        if (Location is not null && !Location.TryWrite(in context, ref line)) return false;
        if (Members is not null && !Members.TryWrite(source, in context, ref line)) return false;
        if (context.Run.HasSuggestion && MarksSuggestion && line.Fields > 0) line.Integer(Suggested, 1);
        if (isArrival && MarksArrival && line.Fields > 0) line.String(TimeSource, "arrival"u8);
        return true;
    }

    // Distinct events of one millisecond stay apart, and the same event offered again lands on itself.
    private bool TryIdentify(scoped in MappingContext context, ReadOnlySpan<byte> element, ref long ns)
    {
        ReadOnlySpan<byte> identity = element;
        if (Id is not null)
        {
            if (!Id.TryEvaluate(in context, out Value id)) return false;
            if (Functions.TryText(id, in context, out ReadOnlySpan<byte> text)) identity = text;
        }

        long millisecond = ns - ((ns % ObservationTime.NsPerMillisecond) + ObservationTime.NsPerMillisecond) % ObservationTime.NsPerMillisecond;
        ns = millisecond + (long)(XxHash3.HashToUInt64(identity) % ObservationTime.NsPerMillisecond);
        return true;
    }
}
