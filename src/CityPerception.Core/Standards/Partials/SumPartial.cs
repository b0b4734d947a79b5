namespace CityPerception.Core.Standards.Partials;

/// <summary>Counts and amounts (class SUM): windows and places add up.</summary>
public readonly record struct SumPartial(double Sum) : IPartial<SumPartial>
{
    private const string SumField = "sum";

    public static SumPartial Empty => default;

    public SumPartial Combine(SumPartial other) => new(Sum + other.Sum);

    public void Save(PartialFields fields) => fields.Set(SumField, Sum);

    public static bool TryLoad(PartialFields fields, out SumPartial partial)
    {
        bool isThere = fields.TryGet(SumField, out double sum);
        partial = new(sum);
        return isThere;
    }
}
