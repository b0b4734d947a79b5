using System.Diagnostics.CodeAnalysis;

namespace CityPerception.Core.Standards.Partials;

/// <summary>
/// What a window keeps of a value, so that windows can be put together: minutes to hours, hours to days, districts to the
/// city. Never put together values: a mean of means, or a percentile of percentiles, is wrong.
/// </summary>
/// <remarks>
/// <see cref="Combine"/> is associative and commutative, and <see cref="Empty"/> changes nothing, so any split of the same
/// data gives the same; sums of fractions do to the rounding of a double.
/// </remarks>
public interface IPartial<TSelf>
    where TSelf : IPartial<TSelf>
{
    /// <summary>Of no data.</summary>
    static abstract TSelf Empty { get; }

    /// <summary>Of both data. Neither is changed.</summary>
    TSelf Combine(TSelf other);

    /// <summary>Writes it to the fields of a point.</summary>
    void Save(PartialFields fields);

    /// <summary>Reads what <see cref="Save"/> wrote; false if the fields hold no such partial, or one that cannot be.</summary>
    static abstract bool TryLoad(PartialFields fields, [MaybeNullWhen(false)] out TSelf partial);
}

/// <summary>Partials of several windows or places.</summary>
public static class Partial
{
    public static T CombineAll<T>(IEnumerable<T> parts)
        where T : IPartial<T>
    {
        T whole = T.Empty;
        foreach (T part in parts) whole = whole.Combine(part);
        return whole;
    }
}
