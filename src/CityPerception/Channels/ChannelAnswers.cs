using System.Text.Json;
using System.Text.Json.Serialization;
using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Core.Configuration;
using CityPerception.Hosting;

namespace CityPerception.Channels;

/// <summary>A channel in the list.</summary>
/// <param name="Slug">As in routes.</param>
/// <param name="Name">In both languages.</param>
/// <param name="Description">What it watches.</param>
/// <param name="Kpis">How many KPIs it has.</param>
internal sealed record ChannelSummary(string Slug, Names Name, Names Description, int Kpis);

/// <summary>A channel with the present values of its KPIs.</summary>
internal sealed record ChannelAnswer(string Slug, Names Name, Names Description, string District, IReadOnlyList<KpiAnswer> Kpis);

/// <summary>A KPI as it is now; without a value where it has none.</summary>
internal sealed record KpiAnswer
{
    public required string Id { get; init; }

    public required Names Name { get; init; }

    public required string Unit { get; init; }

    public required string Better { get; init; }

    /// <summary>Of the value.</summary>
    public required string Window { get; init; }

    /// <summary>All that it has, the main one first.</summary>
    public required IReadOnlyList<string> Windows { get; init; }

    public required string DefinedBy { get; init; }

    /// <summary>The tag that it is given by, such as a department; null for one value of all.</summary>
    public string? By { get; init; }

    /// <summary>The value of that tag.</summary>
    public string? Group { get; init; }

    /// <summary>What the value is called, where the configuration says it.</summary>
    public Names? GroupName { get; init; }

    public double? Value { get; init; }

    public double? Num { get; init; }

    public double? Den { get; init; }

    /// <summary>green, yellow, orange, red or unknown.</summary>
    public required string Level { get; init; }

    /// <summary>Why it has no level though its KPI has levels; null where it has one.</summary>
    public Names? Reason { get; init; }

    /// <summary>The share of the expected samples that arrived; null where none are expected.</summary>
    public double? Coverage { get; init; }

    public long Samples { get; init; }

    /// <summary>Start of the window, in the city's zone.</summary>
    public DateTimeOffset? Time { get; init; }

    public int Rev { get; init; }

    /// <summary>The window before, where it is asked for and has a value.</summary>
    public EarlierValue? Previous { get; init; }
}

/// <summary>The values of a KPI over time, in the order of time and group.</summary>
/// <param name="Kpi">Its id.</param>
/// <param name="District">A district, or the city.</param>
/// <param name="Window">1m, 1h or 1d.</param>
/// <param name="Unit">Of the values.</param>
/// <param name="Points">One a window and group that has a value.</param>
/// <param name="Next">What to give as <c>after</c> for those that follow; null at the end.</param>
internal sealed record SeriesAnswer(string Kpi, string District, string Window, string Unit, IReadOnlyList<SeriesPoint> Points, string? Next);

/// <summary>One window of a series.</summary>
internal sealed record SeriesPoint(DateTimeOffset Time, string? Group, double Value, double? Num, double? Den, string Level, double? Coverage, long Samples, int Rev, DateTimeOffset Computed)
{
    /// <summary>What the group is called, where the configuration says it.</summary>
    public Names? GroupName { get; init; }

    /// <summary>What belongs to the value in words, such as the primary pollutant.</summary>
    public string? Text { get; init; }

    /// <summary>Why it has no level though its KPI has levels; null where it has one.</summary>
    public Names? Reason { get; init; }

    /// <summary>The window that has the same place in the period before, where it is asked for and has a value.</summary>
    public EarlierValue? Previous { get; init; }
}

/// <summary>A value of the period before, and what has changed since.</summary>
/// <param name="Time">Start of its window, in the city's zone.</param>
/// <param name="Value">The value then.</param>
/// <param name="Difference">The present one less that.</param>
/// <param name="Percent">The difference in percent of the absolute value then; null where that is 0.</param>
internal sealed record EarlierValue(DateTimeOffset Time, double Value, double Difference, double? Percent)
{
    public static EarlierValue Of(ChannelView before, double now, City city) => new(
        TimeZoneInfo.ConvertTime(before.Start, city.Zone), before.Value, now - before.Value, before.Value == 0 ? null : 100 * (now - before.Value) / Math.Abs(before.Value));
}

/// <summary>Why a value is what it is.</summary>
internal sealed record ExplainAnswer
{
    public required string Kpi { get; init; }

    public required Names Name { get; init; }

    public required Names Description { get; init; }

    public required string DefinedBy { get; init; }

    public required string Unit { get; init; }

    public required string District { get; init; }

    /// <summary>Of a KPI that is given by a tag: its value; null for one value of all.</summary>
    public string? Group { get; init; }

    /// <summary>What the group is called, where the configuration says it.</summary>
    public Names? GroupName { get; init; }

    public required string Window { get; init; }

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    /// <summary>The formula as it is configured.</summary>
    public required string Formula { get; init; }

    /// <summary>The formula with the numbers put in.</summary>
    public required string Computation { get; init; }

    public required IReadOnlyList<ExplainedInput> Inputs { get; init; }

    /// <summary>What was expected and what arrived; null where nothing is expected.</summary>
    public ExplainedCoverage? Coverage { get; init; }

    /// <summary>What is shown now; null where nothing is.</summary>
    public SeriesPoint? Shown { get; init; }

    /// <summary>What was shown before it was restated, the oldest first.</summary>
    public required IReadOnlyList<SeriesPoint> Revisions { get; init; }

    /// <summary>The bounds of the levels, in words; null where there are none.</summary>
    public Names? Levels { get; init; }

    /// <summary>The same for programs: the range of each level, both ends included; null where there are none.</summary>
    public IReadOnlyList<LevelBound>? Bounds { get; init; }
}

/// <summary>The range of a level. What is in none of them is red.</summary>
/// <param name="Level">green, yellow or orange.</param>
/// <param name="Min">null: no lower bound.</param>
/// <param name="Max">null: no upper bound.</param>
internal sealed record LevelBound(string Level, double? Min, double? Max);

/// <summary>How many samples were expected over the window, by the intervals of devices or the schedules of sources.</summary>
/// <param name="Expected">So many.</param>
/// <param name="Arrived">Of these; what comes more often than expected counts no more.</param>
/// <param name="Share">Arrived of expected.</param>
/// <param name="Least">With a smaller share the level is unknown; 0 for none.</param>
internal sealed record ExplainedCoverage(long Expected, long Arrived, double Share, double Least);

/// <summary>An input of an explanation.</summary>
/// <param name="Name">As the formula uses it.</param>
/// <param name="Definition">What is computed of which points.</param>
/// <param name="Value">Its value over the window.</param>
/// <param name="Samples">How many observations it is computed from.</param>
/// <param name="Measurement">Where its points are.</param>
/// <param name="Field">Of which field.</param>
/// <param name="Points">How to see the points themselves.</param>
/// <param name="Refused">Where to see what did not become a point: each source that writes the measurement.</param>
internal sealed record ExplainedInput(string Name, string Definition, double? Value, long Samples, string Measurement, string Field, RawPoints Points, IReadOnlyList<RefusedOf> Refused);

/// <summary>What was refused of a source since a window began. For keys with the scope deadletters, engineers and administrators.</summary>
/// <param name="Source">Its name.</param>
/// <param name="DeadLetters">The address that lists it.</param>
internal sealed record RefusedOf(string Source, string DeadLetters);

/// <summary>The points that an input is computed from: by what they are found, and the query to ask the store with.</summary>
/// <param name="From">The range, from (inclusive) …</param>
/// <param name="To">… to (exclusive).</param>
/// <param name="Fields">The fields; empty for all.</param>
/// <param name="Where">All of these hold.</param>
/// <param name="Store">duckdb or influxdb.</param>
/// <param name="Query">SQL of DuckDB, or InfluxQL; null while the store has nothing of it.</param>
internal sealed record RawPoints(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<string> Fields, IReadOnlyList<string> Where, string Store, string? Query);

[JsonSerializable(typeof(IReadOnlyList<ChannelSummary>))]
[JsonSerializable(typeof(ChannelAnswer))]
[JsonSerializable(typeof(SeriesAnswer))]
[JsonSerializable(typeof(ExplainAnswer))]
internal sealed partial class ChannelJson : JsonSerializerContext
{
    /// <summary>Read by people as well.</summary>
    public static JsonSerializerOptions Readable { get; } = new ChannelJson(ReadableJson.NewOptions()).Options;

    public static string NameOf(Level level) => level switch { Level.Green => "green", Level.Yellow => "yellow", Level.Orange => "orange", Level.Red => "red", _ => "unknown" };
}
