using System.Collections.Immutable;
using CityPerception.Core.Channels;
using CityPerception.Core.Queries;

namespace CityPerception.Storage.Rollups;

/// <summary>The aggregates that some inputs need, each once, and where an input finds its own in a row.</summary>
internal sealed class Columns(IEnumerable<KpiInput> inputs)
{
    /// <summary>What a query selects.</summary>
    public ImmutableArray<Selection> Selections { get; } = [.. inputs.SelectMany(NeedsOf).Distinct()];

    /// <summary>The partial of an input.</summary>
    public Partial PartialOf(KpiInput input, AggregateRow row)
    {
        long count = (long)(Value(input, Aggregate.Count, row) ?? 0);
        double Of(Aggregate function) => Value(input, function, row) ?? double.NaN;
        return input.Kind switch
        {
            InputKind.Count => new Partial(count, count),
            InputKind.Min => new Partial(count, 0, Of(Aggregate.Min), double.NaN),
            InputKind.Max => new Partial(count, 0, double.NaN, Of(Aggregate.Max)),
            InputKind.Energy => new Partial(count, Of(Aggregate.EnergySum)),
            InputKind.Percentile => new Partial(count, Of(Aggregate.Percentile)),
            _ => new Partial(count, count == 0 ? 0 : Of(Aggregate.Sum)),
        };
    }

    private static IEnumerable<Selection> NeedsOf(KpiInput input)
    {
        yield return new Selection(input.Field, Aggregate.Count);
        if (input.Kind is InputKind.Sum or InputKind.Mean) yield return new Selection(input.Field, Aggregate.Sum);
        else if (input.Kind is InputKind.Min) yield return new Selection(input.Field, Aggregate.Min);
        else if (input.Kind is InputKind.Max) yield return new Selection(input.Field, Aggregate.Max);
        else if (input.Kind is InputKind.Energy) yield return new Selection(input.Field, Aggregate.EnergySum);
        else if (input.Kind is InputKind.Percentile) yield return new Selection(input.Field, Aggregate.Percentile, input.Percentile);
    }

    private double? Value(KpiInput input, Aggregate function, AggregateRow row) =>
        row.Values[Selections.IndexOf(new Selection(input.Field, function, function is Aggregate.Percentile ? input.Percentile : 0))];
}
