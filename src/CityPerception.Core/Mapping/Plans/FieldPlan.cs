using System.Globalization;
using System.Text;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Mapping.Expressions;
using CityPerception.Core.Mapping.Values;
using CityPerception.Core.Observations;
using CityPerception.Core.Schema;
using CityPerception.Core.Text.Masking;

namespace CityPerception.Core.Mapping.Plans;

/// <summary>Turns a value into a field of the schema's type and range.</summary>
internal sealed class FieldPlan(FieldSchema schema, ValuePlan value)
{
    // Longer digits than any double prints are a sender's noise; they are written anew.
    private const int MaxDigits = 24;

    private readonly LineKey _key = new(Encoding.UTF8.GetBytes(schema.Name));
    private readonly double _min = schema.Min ?? double.MinValue, _max = schema.Max ?? double.MaxValue;

    public bool TryWrite(scoped in MappingContext context, ref LineProtocolWriter line)
    {
        if (!value.TryEvaluate(in context, out Value found)) return false;
        return found.IsMissing || TryWrite(found, value.Where, in context, ref line) || value.OmitInvalid;
    }

    /// <summary>Writes a value that has been found; false if the schema does not take it.</summary>
    public bool TryWrite(Value found, string where, scoped in MappingContext context, ref LineProtocolWriter line) => schema.Type switch
    {
        FieldType.Float => TryFloat(found, where, in context, ref line),
        FieldType.Integer => TryInteger(found, where, in context, ref line),
        FieldType.Boolean => TryBoolean(found, where, in context, ref line),
        _ => TryText(found, where, in context, ref line),
    };

    private bool TryFloat(Value found, string where, scoped in MappingContext context, ref LineProtocolWriter line)
    {
        if (found.Kind is ValueKind.True or ValueKind.False || !found.TryGetNumber(out double number)) return Mismatch(found, where, in context);
        if (!TryCheck(number, found, where, in context)) return false;

        if (found.Kind == ValueKind.Number && found.Text.Length is > 0 and <= MaxDigits) line.FloatText(_key, found.Text);
        else line.Float(_key, number);
        return true;
    }

    private bool TryInteger(Value found, string where, scoped in MappingContext context, ref LineProtocolWriter line)
    {
        if (!found.TryGetNumber(out double number)) return Mismatch(found, where, in context);
        if (!TryCheck(number, found, where, in context)) return false;
        if (!NumberText.TryParseInteger(found.Text, out long whole))
        {
            if (number != Math.Floor(number))
                return context.Run.Fail(RejectionReason.TypeMismatch, where, $"{schema.Name} is an integer, found {ValuePlan.Describe(found)}");
            // 2^63 is the first double that a long cannot hold.
            if (number is < -9223372036854775808.0 or >= 9223372036854775808.0)
                return context.Run.Fail(RejectionReason.NumberInvalid, where, $"{ValuePlan.Describe(found)} does not fit 64 bits");
            whole = (long)number;
        }

        line.Integer(_key, whole);
        return true;
    }

    private bool TryBoolean(Value found, string where, scoped in MappingContext context, ref LineProtocolWriter line)
    {
        bool? truth = found switch
        {
            { Kind: ValueKind.True } or { Kind: ValueKind.Number, Number: 1 } => true,
            { Kind: ValueKind.False } or { Kind: ValueKind.Number, Number: 0 } => false,
            { Kind: ValueKind.Text } when found.Text.SequenceEqual("true"u8) => true,
            { Kind: ValueKind.Text } when found.Text.SequenceEqual("false"u8) => false,
            _ => null,
        };
        if (truth is null) return Mismatch(found, where, in context);
        line.Boolean(_key, truth.Value);
        return true;
    }

    private bool TryText(Value found, string where, scoped in MappingContext context, ref LineProtocolWriter line)
    {
        if (!Functions.TryText(found, in context, out ReadOnlySpan<byte> text)) return Mismatch(found, where, in context);
        if (text.Length > schema.MaxBytes)
            return context.Run.Fail(RejectionReason.OutOfRange, where, $"{text.Length} bytes of text; {schema.Name} takes {schema.MaxBytes}");
        line.String(_key, schema.Mask ? PersonalData.Mask(text) : text);
        return true;
    }

    private bool TryCheck(double number, Value found, string where, scoped in MappingContext context)
    {
        if (number >= _min && number <= _max) return true; // neither infinity nor NaN is
        if (!double.IsFinite(number)) return context.Run.Fail(RejectionReason.NumberInvalid, where, $"{ValuePlan.Describe(found)} is not a finite number");
        return context.Run.Fail(RejectionReason.OutOfRange, where,
            string.Create(CultureInfo.InvariantCulture, $"{schema.Name} is {number}, allowed {schema.Min?.ToString(CultureInfo.InvariantCulture) ?? "…"} to {schema.Max?.ToString(CultureInfo.InvariantCulture) ?? "…"} {schema.Unit}").TrimEnd());
    }

    private bool Mismatch(Value found, string where, scoped in MappingContext context)
    {
        string allowed = schema.Type switch { FieldType.String => "text", FieldType.Boolean => "true or false", _ => "a number" };
        bool isNoNumber = found.Kind == ValueKind.Text && schema.Type is FieldType.Float or FieldType.Integer
            && Encoding.UTF8.GetString(found.Text).Trim().ToUpperInvariant() is "NAN" or "INF" or "+INF" or "-INF" or "INFINITY" or "-INFINITY";
        return context.Run.Fail(isNoNumber ? RejectionReason.NumberInvalid : RejectionReason.TypeMismatch, where, $"{schema.Name} takes {allowed}, found {ValuePlan.Describe(found)}");
    }
}
