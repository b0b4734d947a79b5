using System.Text;
using CityPerception.Core.Observations;
using CityPerception.Core.Schema;
using CityPerception.Core.Text.Masking;

namespace CityPerception.Core.LineProtocol.Intake;

/// <summary>
/// The workplace of one line after the other: reads it all, for tags and fields may come in any order, and then writes
/// it anew. What was wrong is kept as a place and a reason; words are made only for those that are shown.
/// </summary>
internal sealed partial class IntakeLine(LineIntakeTerms terms)
{
    private readonly byte[] _source = Encoding.UTF8.GetBytes(terms.Source);
    private readonly long _latestNs = Latest(terms);
    private IntakeValue[] _tags = [], _fields = [];
    private byte[] _scratch = new byte[1024];
    private int _used;

    /// <summary>Appends the line at which the reader stands; false if it is bad, by itself (the reader says so) or here.</summary>
    public bool TryTake(ref LineProtocolReader reader, LineIntake intake, LineBuffer lines)
    {
        _used = 0;
        ReadOnlySpan<byte> measurement = Text(Keep(reader.Measurement));
        if (intake.Find(measurement) is not { } plan)
        {
            return !reader.Failed && FailMeasurement(reader, intake);
        }

        if (!TryReadTags(ref reader, plan) || !TryReadFields(ref reader, plan) || !TryReadTime(ref reader, out long ns)) return false;

        Write(plan, reader.HasTime, ns, lines);
        return true;
    }

    private bool TryReadTags(ref LineProtocolReader reader, IntakePlan plan)
    {
        Reset(ref _tags, plan.Tags.Length);
        while (reader.NextTag())
        {
            int index = plan.FindTag(Text(Keep(reader.Key)));
            if (index < 0) return FailTagKey(reader, plan);

            IntakeValue value = Keep(reader.Value);
            if (!plan.Tags[index].Allows(Text(value)) || (index == plan.SenseTag && !Text(value).SequenceEqual(plan.Sense)))
            {
                return FailTagValue(reader, plan, index);
            }

            _tags[index] = value;
        }

        return true;
    }

    private bool TryReadFields(ref LineProtocolReader reader, IntakePlan plan)
    {
        Reset(ref _fields, plan.Fields.Length);
        while (reader.NextField())
        {
            int index = plan.FindField(Text(Keep(reader.Key)));
            if (index < 0) return FailFieldKey(reader, plan);

            FieldSchema schema = plan.Fields[index].Schema;
            if (_fields[index].IsThere) return Fail(reader.KeyOffset, RejectionReason.DuplicateKey, static () => "the field is there twice");

            IntakeValue value = schema.Type is FieldType.String ? Keep(reader.Value) : new IntakeValue { IsThere = true };
            RejectionReason? wrong = value.TryConvert(reader, schema);
            if (wrong is null && value.Length > schema.MaxBytes) wrong = RejectionReason.OutOfRange;
            if (wrong is not null) return FailValue(reader, schema, wrong.Value);

            _fields[index] = value;
        }

        return !reader.Failed;
    }

    private bool TryReadTime(ref LineProtocolReader reader, out long ns)
    {
        ns = terms.ReceivedNs;
        if (!reader.HasTime) return true;

        if (!terms.Precision.TryToNs(reader.Time, out ns)) return Fail(reader.TimeOffset, RejectionReason.TimeInvalid, static () => "the time is not between 1677 and 2262: is the precision right?");
        if (ns < terms.EarliestNs) return FailTime(reader.TimeOffset, RejectionReason.TimeTooOld, ns);
        if (ns > _latestNs) return FailTime(reader.TimeOffset, RejectionReason.TimeInFuture, ns);
        return true;
    }

    private void Write(IntakePlan plan, bool hasTime, long ns, LineBuffer lines)
    {
        var line = new LineProtocolWriter(lines, plan.Key);
        for (int i = 0; i < plan.Tags.Length; i++)
        {
            IntakeTag tag = plan.Tags[i];
            if (i == plan.SenseTag) line.Tag(tag.Key, plan.Sense);
            else if (i == plan.SourceTag && !_tags[i].IsThere) line.Tag(tag.Key, _source);
            else if (_tags[i].IsThere) line.Tag(tag.Key, Text(_tags[i]));
        }

        for (int i = 0; i < plan.Fields.Length; i++)
        {
            if (_fields[i].IsThere) Write(ref line, plan.Fields[i], _fields[i]);
            else if (i == plan.TimeSourceField && !hasTime) line.String(plan.Fields[i].Key, "arrival"u8);
        }

        line.End(ns);
    }

    private void Write(ref LineProtocolWriter line, IntakeField field, in IntakeValue value)
    {
        switch (field.Schema.Type)
        {
            case FieldType.Float: line.Float(field.Key, value.Number); break;
            case FieldType.Integer: line.Integer(field.Key, value.Integer); break;
            case FieldType.Boolean: line.Boolean(field.Key, value.Integer != 0); break;
            default: line.String(field.Key, field.Schema.Mask ? PersonalData.Mask(Text(value)) : Text(value)); break;
        }
    }

    // Texts go to the scratch space without their escapes: the values of a line must last until it is written.
    private IntakeValue Keep(LineText text)
    {
        int needed = _used + text.Raw.Length;
        if (_scratch.Length < needed) Array.Resize(ref _scratch, Math.Max(needed, _scratch.Length * 2));
        int length = text.Unescape(_scratch.AsSpan(_used));
        var value = new IntakeValue { IsThere = true, Start = _used, Length = length };
        _used += length;
        return value;
    }

    private ReadOnlySpan<byte> Text(IntakeValue value) => _scratch.AsSpan(value.Start, value.Length);

    private static void Reset(ref IntakeValue[] values, int count)
    {
        if (values.Length < count) values = new IntakeValue[count];
        values.AsSpan(0, count).Clear();
    }

    private static long Latest(in LineIntakeTerms terms)
    {
        Int128 latest = (Int128)terms.ReceivedNs + (Int128)terms.Ahead.Ticks * ObservationTime.NsPerTick;
        return latest < ObservationTime.MaxNs ? (long)latest : ObservationTime.MaxNs;
    }
}
