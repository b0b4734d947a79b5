namespace CityPerception.Core.Standards.Partials;

/// <summary>The largest value (class MAX); null for none.</summary>
public readonly record struct MaxPartial(double? Value) : IPartial<MaxPartial>
{
    private const string MaxField = "max";

    public static MaxPartial Empty => default;

    public MaxPartial Combine(MaxPartial other) => Value >= other.Value || other.Value is null ? this : other;

    public void Save(PartialFields fields)
    {
        if (Value is { } value) fields.Set(MaxField, value);
    }

    public static bool TryLoad(PartialFields fields, out MaxPartial partial)
    {
        bool isThere = fields.TryGet(MaxField, out double max);
        partial = new(isThere ? max : null);
        return isThere;
    }
}

/// <summary>The smallest value (class MIN); null for none.</summary>
public readonly record struct MinPartial(double? Value) : IPartial<MinPartial>
{
    private const string MinField = "min";

    public static MinPartial Empty => default;

    public MinPartial Combine(MinPartial other) => Value <= other.Value || other.Value is null ? this : other;

    public void Save(PartialFields fields)
    {
        if (Value is { } value) fields.Set(MinField, value);
    }

    public static bool TryLoad(PartialFields fields, out MinPartial partial)
    {
        bool isThere = fields.TryGet(MinField, out double min);
        partial = new(isThere ? min : null);
        return isThere;
    }
}
