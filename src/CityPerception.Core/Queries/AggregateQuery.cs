using System.Collections.Immutable;
using System.Globalization;

namespace CityPerception.Core.Queries;

/// <summary>
/// What rollups, screens and tests ask of a store. A tree, never text: each store compiles it to its own language and
/// quotes every name and literal by one function, so what tries to inject comes back as data.
/// </summary>
public sealed record AggregateQuery
{
    public required string Measurement { get; init; }

    /// <summary>One or more aggregates, computed in one pass; the values of a row stand in this order.</summary>
    public required ImmutableArray<Selection> Select { get; init; }

    /// <summary>The range, from (inclusive) to (exclusive).</summary>
    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    /// <summary>The windows to cut the range into; null for one window that is the whole range.</summary>
    public WindowSize? Window { get; init; }

    /// <summary>Tags to group by. A point without the tag is in the group of the empty string.</summary>
    public ImmutableArray<string> GroupBy { get; init; } = [];

    /// <summary>All of these must hold.</summary>
    public ImmutableArray<Filter> Where { get; init; } = [];
}

/// <summary>One aggregate of one field.</summary>
/// <param name="Field">The field's name.</param>
/// <param name="Function">What to compute over the field's non-null values.</param>
/// <param name="Percentile">For <see cref="Aggregate.Percentile"/>: 0 &lt; p ≤ 100, by nearest rank as InfluxQL has it: of n
/// values in order, the one at rank n·p/100 rounded to the nearest integer (a half upwards); none where that is 0.</param>
public readonly record struct Selection(string Field, Aggregate Function, double Percentile = 0);

public enum Aggregate
{
    Mean,
    Sum,
    Min,
    Max,
    Count,

    /// <summary>The value with the earliest time.</summary>
    First,

    /// <summary>The value with the latest time.</summary>
    Last,

    /// <summary>Max − min.</summary>
    Spread,
    Percentile,

    /// <summary>The sum of 10^(L/10) of levels in dB: with the count, what an energy mean is made of.</summary>
    EnergySum,
}

/// <summary>A condition on a tag or a field. Its text is for people, and the same for the same condition.</summary>
public abstract record Filter
{
    /// <summary>The tag has one of these values; an empty string means that the point lacks the tag.</summary>
    public sealed record Tag(string Name, ImmutableArray<string> Values, bool Not = false) : Filter
    {
        public override string ToString() => $"{Name} {(Not ? "not " : "")}in ({string.Join(", ", Values)})";
    }

    /// <summary>The field compares so with a number. A point without the field does not match.</summary>
    public sealed record Number(string Field, Comparison Comparison, double Value) : Filter
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture,
            $"{Field} {Comparison switch { Comparison.Equal => "=", Comparison.NotEqual => "≠", Comparison.Less => "<", Comparison.LessOrEqual => "≤", Comparison.Greater => ">", _ => "≥" }} {Value}");
    }

    /// <summary>The field is, or is not, this text. A point without the field does not match either way: InfluxQL cannot ask for it.</summary>
    public sealed record Text(string Field, string Value, bool Not = false) : Filter
    {
        public override string ToString() => $"{Field} {(Not ? "≠" : "=")} {Value}";
    }

    /// <summary>The field is one of these texts.</summary>
    public sealed record AnyText(string Field, ImmutableArray<string> Values) : Filter
    {
        public override string ToString() => $"{Field} in ({string.Join(", ", Values)})";
    }
}

public enum Comparison { Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual }

/// <summary>How a range is cut into windows.</summary>
public abstract record WindowSize
{
    /// <summary>Windows of a fixed length, aligned to 1970-01-01T00:00Z.</summary>
    public sealed record Fixed(TimeSpan Length) : WindowSize;

    /// <summary>Civil days of a zone, midnight to midnight: 23 or 25 hours long where the clock changes.</summary>
    public sealed record CivilDay(TimeZoneInfo Zone) : WindowSize;
}

/// <summary>One window of one group.</summary>
/// <param name="Start">Start of the window in UTC (of the range, where the query has no windows).</param>
/// <param name="Group">The values of the tags grouped by, in the query's order.</param>
/// <param name="Values">One a selection; null where its field has no value in the window.</param>
public sealed record AggregateRow(DateTimeOffset Start, ImmutableArray<string> Group, ImmutableArray<double?> Values);

/// <summary>A request for points as they are stored.</summary>
public sealed record PointQuery
{
    public required string Measurement { get; init; }

    /// <summary>The fields wanted; empty for all.</summary>
    public ImmutableArray<string> Fields { get; init; } = [];

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    public ImmutableArray<Filter> Where { get; init; } = [];

    /// <summary>At most so many points.</summary>
    public int? Limit { get; init; }

    /// <summary>The latest first.</summary>
    public bool Descending { get; init; }
}

/// <summary>Points to be deleted.</summary>
public sealed record DeleteQuery
{
    public required string Measurement { get; init; }

    /// <summary>The range, from (inclusive) to (exclusive).</summary>
    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    /// <summary>Only points whose tag has this value, which is not empty; null for all of the range.</summary>
    public (string Tag, string Value)? Only { get; init; }

    /// <summary><see cref="Only"/> as a condition of the other queries.</summary>
    public ImmutableArray<Filter> Where => Only is { } only ? [new Filter.Tag(only.Tag, [only.Value])] : [];
}

/// <summary>A stored point. Field values are double, long, bool or string; absent fields are absent.</summary>
public sealed record Point(long TimeNs, ImmutableSortedDictionary<string, string> Tags, ImmutableSortedDictionary<string, object> Fields);
