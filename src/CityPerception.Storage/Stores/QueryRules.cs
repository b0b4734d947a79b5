using System.Collections.Immutable;
using CityPerception.Core.Queries;
using CityPerception.Core.Schema;

namespace CityPerception.Storage.Stores;

/// <summary>What can be asked of a measurement, the same for every store, decided before any query text exists.</summary>
internal static class QueryRules
{
    /// <summary>Takes out of the conditions those that the schema alone decides; false if one of them cannot hold.</summary>
    public static bool TryResolve(ImmutableArray<Filter> where, Measurement measurement, out ImmutableArray<Filter> resolved)
    {
        ImmutableArray<Filter>.Builder undecided = ImmutableArray.CreateBuilder<Filter>(where.Length);
        resolved = [];
        foreach (Filter filter in where)
        {
            (bool? holds, Filter left) = Resolve(filter, measurement);
            if (holds is false) return false;
            if (holds is null) undecided.Add(left);
        }

        resolved = undecided.ToImmutable();
        return true;
    }

    // No canonical line holds a lone control character, so "is not this" holds for every text that is stored.
    private const string Unstored = "\u0001";

    /// <exception cref="ArgumentException">The query has no meaning: a caller's fault.</exception>
    public static void Check(AggregateQuery query, Measurement measurement)
    {
        if (query.Select.IsDefaultOrEmpty) throw new ArgumentException("A query selects at least one aggregate.", nameof(query));
        if (query.Window is WindowSize.Fixed { Length.Ticks: <= 0 }) throw new ArgumentException("A window is longer than nothing.", nameof(query));

        foreach (Selection selection in query.Select)
        {
            if (selection.Function is Aggregate.Percentile && selection.Percentile is not (> 0 and <= 100))
            {
                throw new ArgumentException($"The percentile of '{selection.Field}' is {selection.Percentile}; allowed: 0 < p <= 100.", nameof(query));
            }

            FieldType type = measurement.FindField(selection.Field)?.Type ?? FieldType.Float;
            bool computable = type switch
            {
                FieldType.String => selection.Function is Aggregate.Count,
                FieldType.Boolean => selection.Function is Aggregate.Count or Aggregate.First or Aggregate.Last,
                _ => true,
            };
            if (!computable) throw new ArgumentException($"{selection.Function} of '{measurement.Name}.{selection.Field}', which is a {type}, is no number.", nameof(query));
        }
    }

    /// <summary>Whether a text can stand in a store at all: canonical lines hold no line breaks and no NUL. Query languages have no way to write some of them.</summary>
    public static bool IsStorable(string text) => !text.AsSpan().ContainsAny('\0', '\r', '\n');

    private static (bool? Holds, Filter Undecided) Resolve(Filter filter, Measurement measurement)
    {
        switch (filter)
        {
            case Filter.Tag tag:
                ImmutableArray<string> values = [.. tag.Values.Where(IsStorable)];
                if (measurement.FindTag(tag.Name) is null) return (values.Contains("") != tag.Not, filter);
                return values.IsEmpty ? (tag.Not, filter) : (null, tag with { Values = values });

            case Filter.Text text:
                if (!HasText(text.Field, measurement)) return (false, filter);
                if (IsStorable(text.Value)) return (null, filter);
                return text.Not ? (null, text with { Value = Unstored }) : (false, filter);

            case Filter.AnyText any:
                ImmutableArray<string> texts = [.. any.Values.Where(IsStorable)];
                return !HasText(any.Field, measurement) || texts.IsEmpty ? (false, filter) : (null, any with { Values = texts });

            case Filter.Number number:
                FieldSchema? numeric = measurement.FindField(number.Field);
                if (numeric is null) return (false, filter);
                if (numeric.Type is not (FieldType.Float or FieldType.Integer)) throw new ArgumentException($"'{measurement.Name}.{number.Field}' is no number.");
                if (!double.IsFinite(number.Value)) throw new ArgumentException($"'{measurement.Name}.{number.Field}' is compared with {number.Value}.");
                return (null, filter);

            default:
                throw new ArgumentException($"Unknown kind of filter: {filter}.");
        }
    }

    private static bool HasText(string name, Measurement measurement)
    {
        FieldSchema? field = measurement.FindField(name);
        if (field is { Type: not FieldType.String }) throw new ArgumentException($"'{measurement.Name}.{name}' is no text.");
        return field is not null;
    }
}
