using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CityPerception.Core.Mapping.Expressions;
using CityPerception.Core.Observations;
using CityPerception.Core.Text;

namespace CityPerception.Core.Mapping.Values;

/// <summary>Where a value comes from and what is done to it, in the order of ingest-configs/README.md.</summary>
internal sealed class ValuePlan
{
    public required Evaluator Origin { get; init; }

    /// <summary>What rejections call it: its path, or how else it was described.</summary>
    public required string Where { get; init; }

    public ConstantValue[] Missing { get; init; } = [];

    public Utf8Map<ConstantValue>? Map { get; init; }

    public Calibration? Calibration { get; init; }

    /// <summary>Scale and offset together with the conversion to the schema's unit; null for neither.</summary>
    public (double Scale, double Offset)? Linear { get; init; }

    public (double Min, double Max)? Range { get; init; }

    public Regex? Pattern { get; init; }

    public ConstantValue? Else { get; init; }

    public bool Required { get; init; }

    public bool OmitInvalid { get; init; }

    /// <summary>The table it is looked up in, for messages.</summary>
    public string? Lookup { get; init; }

    /// <summary>False if the observation is to be rejected; the run knows why.</summary>
    public bool TryEvaluate(scoped in MappingContext context, out Value value)
    {
        value = Origin(in context);
        if (!TryTransform(in context, ref value))
        {
            value = Value.Missing;
            if (!OmitInvalid) return false;
        }

        if (!value.IsMissing) return true;
        if (Else is not null) value = Else.Value;
        if (!value.IsMissing || !Required) return true;
        return Lookup is null
            ? context.Run.Fail(RejectionReason.ValueMissing, Where, "no value, and it is required")
            : context.Run.Fail(RejectionReason.LookupMissing, Where, $"no row for it in lookups/{Lookup}.csv");
    }

    private bool TryTransform(scoped in MappingContext context, ref Value value)
    {
        if (value.Kind == ValueKind.Failed) return false;
        if (value.IsMissing) return true;
        foreach (ConstantValue sentinel in Missing)
        {
            if (!sentinel.Is(value)) continue;
            value = Value.Missing;
            return true;
        }

        if (Pattern is not null && !IsMatch(in context, value))
            return context.Run.Fail(RejectionReason.TagValueInvalid, Where, $"{Describe(value)} does not match {Pattern}");
        if (Map is not null && !TryMap(in context, ref value)) return false;
        if (Calibration is null && Linear is null && Range is null) return true;

        if (!value.TryGetNumber(out double number))
            return context.Run.Fail(RejectionReason.TypeMismatch, Where, $"a number is needed, found {Describe(value)}");
        if (Calibration is { } calibration) number = calibration.Apply(number);
        if (Linear is { } linear) number = number * linear.Scale + linear.Offset;
        if (!double.IsFinite(number))
            return context.Run.Fail(RejectionReason.NumberInvalid, Where, $"{Describe(value)} is not a finite number");
        if (Range is { } range && (number < range.Min || number > range.Max))
            return context.Run.Fail(RejectionReason.OutOfRange, Where, string.Create(CultureInfo.InvariantCulture, $"{number} is not within {range.Min} … {range.Max}"));
        if (Calibration is not null || Linear is not null) value = Value.Of(number);
        return true;
    }

    private bool IsMatch(scoped in MappingContext context, Value value) =>
        Functions.TryText(value, in context, out ReadOnlySpan<byte> text) && Pattern!.IsMatch(Encoding.UTF8.GetString(text));

    private bool TryMap(scoped in MappingContext context, ref Value value)
    {
        if (Functions.TryText(value, in context, out ReadOnlySpan<byte> text) && Map!.TryGet(text, out ConstantValue mapped))
        {
            value = mapped.Value;
            return true;
        }

        if (Else is null) return context.Run.Fail(RejectionReason.LookupMissing, Where, $"the map does not name {Describe(value)}");
        value = Value.Missing;
        return true;
    }

    /// <summary>A value in words, short.</summary>
    public static string Describe(Value value)
    {
        const int shown = 40;
        string text = Encoding.UTF8.GetString(value.Text[..Math.Min(value.Text.Length, shown * 4)]);
        if (text.Length > shown) text = text[..shown] + "…";
        return value.Kind switch
        {
            ValueKind.Number => text.Length > 0 ? text : value.Number.ToString(CultureInfo.InvariantCulture),
            ValueKind.Text => $"the text \"{text}\"",
            ValueKind.True => "true",
            ValueKind.False => "false",
            ValueKind.Json => "an object or array",
            _ => "nothing",
        };
    }
}

/// <summary>Two points of a sensor's curve: between them in proportion, beyond them the nearer point's value.</summary>
internal sealed record Calibration(double FromLow, double FromHigh, double ToLow, double ToHigh)
{
    public double Apply(double raw)
    {
        double share = Math.Clamp((raw - FromLow) / (FromHigh - FromLow), 0, 1);
        return ToLow + share * (ToHigh - ToLow);
    }
}
