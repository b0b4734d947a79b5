using System.Globalization;
using System.Text;
using CityPerception.Core.Configuration;
using CityPerception.Core.Observations;
using CityPerception.Core.Schema;

namespace CityPerception.Core.LineProtocol.Intake;

// In methods of their own, so that a good line does not pay for the words of a bad one.
internal sealed partial class IntakeLine
{
    private const int MaxShownLetters = 64, MaxShownValues = 12;

    private Func<string> _detail = static () => "";

    public int FaultOffset { get; private set; }

    public RejectionReason FaultReason { get; private set; }

    public string FaultDetail() => _detail();

    private bool FailMeasurement(in LineProtocolReader reader, LineIntake intake)
    {
        string name = Shown(reader.Measurement);
        return Fail(reader.LineOffset, RejectionReason.MeasurementUnknown, () => $"no measurement is called {name}{DidYouMean(intake.Closest(name))}");
    }

    private bool FailTagKey(in LineProtocolReader reader, IntakePlan plan)
    {
        string name = Shown(reader.Key);
        return Fail(reader.KeyOffset, RejectionReason.TagUnknown, () =>
            $"{plan.Schema.Name} has no tag {name}{DidYouMean(Suggest.Closest(name, plan.Tags.Select(t => t.Schema.Name)))}");
    }

    private bool FailTagValue(in LineProtocolReader reader, IntakePlan plan, int index)
    {
        string found = Shown(reader.Value);
        return Fail(reader.ValueOffset, RejectionReason.TagValueInvalid, () => $"{Allowed(plan, index)}, found {found}");
    }

    private bool FailFieldKey(in LineProtocolReader reader, IntakePlan plan)
    {
        string name = Shown(reader.Key);
        return Fail(reader.KeyOffset, RejectionReason.FieldUnknown, () =>
            $"{plan.Schema.Name} has no field {name}{DidYouMean(Suggest.Closest(name, plan.Fields.Select(f => f.Schema.Name)))}");
    }

    private bool FailValue(in LineProtocolReader reader, FieldSchema schema, RejectionReason reason)
    {
        string found = reader.Kind is LineFieldKind.String ? $"the string \"{Shown(reader.Value)}\"" : Shown(reader.Value);
        return Fail(reader.ValueOffset, reason, () => $"{Allowed(schema)}, found {found}");
    }

    private bool FailTime(int offset, RejectionReason reason, long ns) => Fail(offset, reason, () => reason is RejectionReason.TimeTooOld
        ? $"{Shown(ns)} is before {Shown(terms.EarliestNs)}: is the precision right?"
        : $"{Shown(ns)} is more than {terms.Ahead} after the arrival: is the precision right?");

    private bool Fail(int offset, RejectionReason reason, Func<string> detail)
    {
        FaultOffset = offset;
        FaultReason = reason;
        _detail = detail;
        return false;
    }

    private static string Allowed(IntakePlan plan, int index)
    {
        TagSchema tag = plan.Tags[index].Schema;
        if (index == plan.SenseTag) return $"the tag sense of {plan.Schema.Name} is {Encoding.UTF8.GetString(plan.Sense)}, and need not be sent";
        if (tag.Values.Count == 0) return $"the tag {tag.Name} has at most {tag.MaxBytes} bytes";
        return $"the tag {tag.Name} is one of {string.Join(", ", tag.Values.Take(MaxShownValues))}{(tag.Values.Count > MaxShownValues ? ", …" : "")}";
    }

    private static string Allowed(FieldSchema field)
    {
        string range = field.Min is null && field.Max is null ? "" : $" from {Bound(field.Min)} to {Bound(field.Max)} {field.Unit}".TrimEnd();
        return field.Type switch
        {
            FieldType.Float => $"{field.Name} takes a number{range}",
            FieldType.Integer => $"{field.Name} takes a whole number{range}",
            FieldType.Boolean => $"{field.Name} takes true or false",
            _ => $"{field.Name} takes a string of at most {field.MaxBytes} bytes",
        };
    }

    private static string Bound(double? bound) => bound?.ToString(CultureInfo.InvariantCulture) ?? "…";

    private static string Shown(LineText text)
    {
        string whole = text.ToString();
        return whole.Length > MaxShownLetters ? whole[..MaxShownLetters] + "…" : whole;
    }

    private static string Shown(long ns) => ObservationTime.FromUnixNs(ns).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private static string DidYouMean(string? name) => name is null ? "" : $"; did you mean {name}?";
}
