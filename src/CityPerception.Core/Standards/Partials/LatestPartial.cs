using System.Diagnostics.CodeAnalysis;

namespace CityPerception.Core.Standards.Partials;

/// <summary>
/// A state at the end of a window (class LAST), such as the cases that are open: over time the later one holds, over places
/// states of the same time add up by their own class.
/// </summary>
/// <param name="AtMs">When it held, milliseconds since 1970 UTC: of a window its end, so that those of all places meet.</param>
public readonly record struct LatestPartial<T>(long AtMs, T State) : IPartial<LatestPartial<T>>
    where T : IPartial<T>
{
    private const string AtField = "at_ms";

    static LatestPartial<T> IPartial<LatestPartial<T>>.Empty => new(long.MinValue, T.Empty);

    /// <summary>The later; of the same time, both.</summary>
    public LatestPartial<T> Combine(LatestPartial<T> other) =>
        AtMs == other.AtMs ? new(AtMs, State.Combine(other.State)) : AtMs > other.AtMs ? this : other;

    /// <summary>Of two places, whose states may be of different times: both, of the later time.</summary>
    public LatestPartial<T> Add(LatestPartial<T> place) => new(Math.Max(AtMs, place.AtMs), State.Combine(place.State));

    public void Save(PartialFields fields)
    {
        fields.Set(AtField, AtMs);
        State.Save(fields);
    }

    static bool IPartial<LatestPartial<T>>.TryLoad(PartialFields fields, [MaybeNullWhen(false)] out LatestPartial<T> partial)
    {
        bool isThere = fields.TryGet(AtField, out double at) & T.TryLoad(fields, out T? state);
        partial = isThere ? new((long)at, state!) : default;
        return isThere;
    }
}
