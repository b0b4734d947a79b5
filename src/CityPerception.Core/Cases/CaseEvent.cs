using System.Text.Json.Serialization;
using CityPerception.Core.Observations;

namespace CityPerception.Core.Cases;

/// <summary>
/// A stored point of a case, with what counts of it: its series and time, which are its identity, and its fields. Texts of
/// citizens are not in it.
/// </summary>
/// <remarks>The short names are those of the column that keeps them: a million cases have several million.</remarks>
public sealed record CaseEvent
{
    [JsonPropertyName("m")]
    public required string Measurement { get; init; }

    /// <summary>As the point has it: of enforcement cases not in the words of other cases.</summary>
    [JsonPropertyName("s")]
    public required string State { get; init; }

    /// <summary>Nanoseconds since 1970 UTC; what is below the millisecond tells events of one series apart and means nothing else.</summary>
    [JsonPropertyName("t")]
    public required long TimeNs { get; init; }

    /// <summary>The tag source, where it is not the source of the case: another system told of it.</summary>
    [JsonPropertyName("o")]
    public string Teller { get; init; } = "";

    [JsonPropertyName("d")]
    public string District { get; init; } = "";

    [JsonPropertyName("g")]
    public string Grid { get; init; } = "";

    [JsonPropertyName("c")]
    public string Category { get; init; } = "";

    [JsonPropertyName("p")]
    public string Dept { get; init; } = "";

    /// <summary>Tags of the series that mean nothing here, <c>name=value</c> each on a line, in the order of names.</summary>
    [JsonPropertyName("r")]
    public string OtherTags { get; init; } = "";

    /// <summary>By when it has to be closed, in seconds since 1970 UTC; null where the point does not say.</summary>
    [JsonPropertyName("l")]
    public long? Deadline { get; init; }

    [JsonPropertyName("n")]
    public bool? OnTime { get; init; }

    [JsonPropertyName("x")]
    public bool? Mediated { get; init; }

    [JsonPropertyName("a")]
    public bool? Agreed { get; init; }

    [JsonPropertyName("v")]
    public bool? Void { get; init; }

    [JsonIgnore]
    public long TimeMs => TimeNs / ObservationTime.NsPerMillisecond - (TimeNs % ObservationTime.NsPerMillisecond < 0 ? 1 : 0);

    /// <summary>Orders by <see cref="Compare"/>.</summary>
    public static IComparer<CaseEvent> ByIdentity { get; } = Comparer<CaseEvent>.Create(Compare);

    /// <summary>By identity: time first, then the texts of the series.</summary>
    public static int Compare(CaseEvent one, CaseEvent other)
    {
        int by = one.TimeNs.CompareTo(other.TimeNs);
        if (by == 0) by = string.CompareOrdinal(one.Measurement, other.Measurement);
        if (by == 0) by = string.CompareOrdinal(one.State, other.State);
        if (by == 0) by = string.CompareOrdinal(one.District, other.District);
        if (by == 0) by = string.CompareOrdinal(one.Grid, other.Grid);
        if (by == 0) by = string.CompareOrdinal(one.Category, other.Category);
        if (by == 0) by = string.CompareOrdinal(one.Dept, other.Dept);
        if (by == 0) by = string.CompareOrdinal(one.OtherTags, other.OtherTags);
        return by != 0 ? by : string.CompareOrdinal(one.Teller, other.Teller);
    }

    /// <summary>This point with the fields that the other has of the same, as a store writes one over the other.</summary>
    public CaseEvent With(CaseEvent newer) => this with
    {
        Deadline = newer.Deadline ?? Deadline,
        OnTime = newer.OnTime ?? OnTime,
        Mediated = newer.Mediated ?? Mediated,
        Agreed = newer.Agreed ?? Agreed,
        Void = newer.Void ?? Void,
    };
}
