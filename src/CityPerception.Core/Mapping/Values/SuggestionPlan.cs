using CityPerception.Core.Mapping.Expressions;
using CityPerception.Core.Text.Understanding;

namespace CityPerception.Core.Mapping.Values;

/// <summary>Suggests a value by the words of a text, where the message gives none.</summary>
/// <param name="text">The text.</param>
/// <param name="keywords">Words and what they suggest.</param>
/// <param name="given">What the message gives if it gives anything, though no table knows it; null where a value that is given is the value.</param>
internal sealed class SuggestionPlan(ValuePlan text, CategoryKeywords keywords, ValuePlan? given)
{
    /// <summary>False if the observation is to be rejected; the run knows why, and of a suggestion that it was one.</summary>
    public bool TryEvaluate(scoped in MappingContext context, out Value value)
    {
        value = Value.Missing;
        if (given is not null)
        {
            if (!given.TryEvaluate(in context, out Value named)) return false;
            if (named.IsTruthy) return true;
        }

        if (!text.TryEvaluate(in context, out Value words)) return false;
        ReadOnlySpan<byte> found = words.Kind == ValueKind.Text ? keywords.Find(words.Text) : default;
        if (found.IsEmpty) return true;
        context.Run.HasSuggestion = true;
        value = Value.OfText(found);
        return true;
    }
}
