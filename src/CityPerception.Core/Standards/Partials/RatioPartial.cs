namespace CityPerception.Core.Standards.Partials;

/// <summary>A rate as its numerator and denominator. Rates are never averaged: both add up, and are divided again.</summary>
public readonly record struct RatioPartial(double Num, double Den) : IPartial<RatioPartial>
{
    private const string NumField = "num", DenField = "den";

    public static RatioPartial Empty => default;

    /// <summary>
    /// The rate, 1 for 100 %; it may be more (a backlog that is cleared). Null for a denominator of 0: of nothing there is
    /// no rate, neither 0 nor 100 %.
    /// </summary>
    public double? Value => Den > 0 ? Num / Den : null;

    public RatioPartial Combine(RatioPartial other) => new(Num + other.Num, Den + other.Den);

    public void Save(PartialFields fields)
    {
        fields.Set(NumField, Num);
        fields.Set(DenField, Den);
    }

    public static bool TryLoad(PartialFields fields, out RatioPartial partial)
    {
        bool isThere = fields.TryGet(NumField, out double num) & fields.TryGet(DenField, out double den);
        partial = new(num, den);
        return isThere && den >= 0;
    }
}
