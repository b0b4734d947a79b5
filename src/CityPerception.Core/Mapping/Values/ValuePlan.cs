using System.Globalization;
using System.Text;
using CityPerception.Core.Mapping.Expressions;
using CityPerception.Core.Mapping.Paths;
using CityPerception.Core.Observations;
using CityPerception.Core.Text.Masking;

namespace CityPerception.Core.Mapping.Values;

/// <summary>Where a value comes from, and what holds if there is none.</summary>
internal sealed class ValuePlan
{
    public required Evaluator Origin { get; init; }

    /// <summary>The slot that <see cref="Origin"/> reads, if it is a path and nothing more: most values are, and go without a call.</summary>
    public SlotRef? Slot { get; init; }

    /// <summary>The value that <see cref="Origin"/> gives whatever the message, if that is so.</summary>
    public ConstantValue? Constant { get; init; }

    /// <summary>The captured values that it is made from; null if it is made from anything else too (topic, properties, time).</summary>
    public SlotRef[]? Inputs { get; init; }

    /// <summary>What rejections call it: its path, or how else it was described.</summary>
    public required string Where { get; init; }

    /// <summary>What is done to it; null for nothing.</summary>
    public ValueTransform? Transform { get; init; }

    /// <summary>Used if no value was given.</summary>
    public SuggestionPlan? Suggestion { get; init; }

    public ConstantValue? Else { get; init; }

    public bool Required { get; init; }

    public bool OmitInvalid { get; init; }

    /// <summary>The table it is looked up in, for messages.</summary>
    public string? Lookup { get; init; }

    /// <summary>False if the observation is to be rejected; the run knows why.</summary>
    public bool TryEvaluate(scoped in MappingContext context, out Value value)
    {
        value = Slot is { } slot ? context.Run.ValueOf(slot, context.Document) : Origin(in context);
        if (!value.IsMissing)
        {
            bool isValid = value.Kind != ValueKind.Failed && (Transform is null || Transform.TryApply(this, in context, ref value));
            if (!isValid)
            {
                value = Value.Missing;
                if (!OmitInvalid) return false;
            }

            if (!value.IsMissing) return true;
        }

        if (Suggestion is not null && !Suggestion.TryEvaluate(in context, out value)) return false;
        if (value.IsMissing && Else is not null) value = Else.Value;
        if (!value.IsMissing || !Required) return true;
        return Lookup is null
            ? context.Run.Fail(RejectionReason.ValueMissing, Where, "no value, and it is required")
            : context.Run.Fail(RejectionReason.LookupMissing, Where, $"no row for it in lookups/{Lookup}.csv");
    }

    /// <summary>A value in words, short.</summary>
    public static string Describe(Value value)
    {
        const int shown = 40;
        // Masked before it is cut: the half of a number is personal too.
        string text = PersonalData.Mask(Encoding.UTF8.GetString(value.Text[..Math.Min(value.Text.Length, shown * 4)]));
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
