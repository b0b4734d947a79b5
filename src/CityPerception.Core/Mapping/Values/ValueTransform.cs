using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CityPerception.Core.Mapping.Expressions;
using CityPerception.Core.Observations;
using CityPerception.Core.Text;

namespace CityPerception.Core.Mapping.Values;

/// <summary>What is done to a value that is there, in the order of ingest-configs/README.md.</summary>
internal sealed class ValueTransform
{
    public required ConstantValue[] Missing { get; init; }

    public Regex? Pattern { get; init; }

    public Utf8Map<ConstantValue>? Map { get; init; }

    public Calibration? Calibration { get; init; }

    /// <summary>Scale and offset together with the conversion to the schema's unit; null for neither.</summary>
    public (double Scale, double Offset)? Linear { get; init; }

    public (double Min, double Max)? Range { get; init; }

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsNone => Missing.Length == 0 && (Pattern, Map, Calibration, Linear, Range) is (null, null, null, null, null);

    /// <summary>False if the value is to be rejected; the run knows why.</summary>
    public bool TryApply(ValuePlan plan, scoped in MappingContext context, ref Value value)
    {
        foreach (ConstantValue sentinel in Missing)
        {
            if (!sentinel.Is(value)) continue;
            value = Value.Missing;
            return true;
        }

        if (Pattern is not null && !IsMatch(in context, value))
            return context.Run.Fail(RejectionReason.TagValueInvalid, plan.Where, $"{ValuePlan.Describe(value)} does not match {Pattern}");
        if (Map is not null && !TryMap(plan, in context, ref value)) return false;
        if (Calibration is null && Linear is null && Range is null) return true;

        if (!value.TryGetNumber(out double number))
            return context.Run.Fail(RejectionReason.TypeMismatch, plan.Where, $"a number is needed, found {ValuePlan.Describe(value)}");
        if (Calibration is { } calibration) number = calibration.Apply(number);
        if (Linear is { } linear) number = number * linear.Scale + linear.Offset;
        if (!double.IsFinite(number))
            return context.Run.Fail(RejectionReason.NumberInvalid, plan.Where, $"{ValuePlan.Describe(value)} is not a finite number");
        if (Range is { } range && (number < range.Min || number > range.Max))
            return context.Run.Fail(RejectionReason.OutOfRange, plan.Where, string.Create(CultureInfo.InvariantCulture, $"{number} is not within {range.Min} … {range.Max}"));
        if (Calibration is not null || Linear is not null) value = Value.Of(number);
        return true;
    }

    private bool IsMatch(scoped in MappingContext context, Value value) =>
        Functions.TryText(value, in context, out ReadOnlySpan<byte> text) && Pattern!.IsMatch(Encoding.UTF8.GetString(text));

    private bool TryMap(ValuePlan plan, scoped in MappingContext context, ref Value value)
    {
        if (Functions.TryText(value, in context, out ReadOnlySpan<byte> text) && Map!.TryGet(text, out ConstantValue mapped))
        {
            value = mapped.Value;
            return true;
        }

        if (plan.Else is null) return context.Run.Fail(RejectionReason.LookupMissing, plan.Where, $"the map does not name {ValuePlan.Describe(value)}");
        value = Value.Missing;
        return true;
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
