namespace CityPerception.Core.Standards.Partials;

/// <summary>
/// A mean (class MEAN) as the sum and what it is to be divided by: the number of values, or their weights such as seconds or
/// flow (Σ w·x, Σ w).
/// </summary>
public readonly record struct MeanPartial(double Sum, double Weight) : IPartial<MeanPartial>
{
    private const string SumField = "sum", WeightField = "n";

    public static MeanPartial Empty => default;

    /// <summary>Null for no weight.</summary>
    public double? Value => Weight > 0 ? Sum / Weight : null;

    /// <summary>Of one value.</summary>
    public static MeanPartial Of(double value, double weight = 1) => new(value * weight, weight);

    public MeanPartial Combine(MeanPartial other) => new(Sum + other.Sum, Weight + other.Weight);

    public void Save(PartialFields fields)
    {
        fields.Set(SumField, Sum);
        fields.Set(WeightField, Weight);
    }

    public static bool TryLoad(PartialFields fields, out MeanPartial partial)
    {
        bool isThere = fields.TryGet(SumField, out double sum) & fields.TryGet(WeightField, out double weight);
        partial = new(sum, weight);
        return isThere && weight >= 0;
    }
}
