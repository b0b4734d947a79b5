using System.Collections.Immutable;
using CityPerception.Core.Schema;

namespace CityPerception.Observability;

/// <summary>A name in the two languages of the screens.</summary>
internal sealed record BilingualName(string Zh, string En);

/// <summary>A source as screens name it.</summary>
internal sealed record SourceName(string Source, BilingualName Name, Sense Sense);

/// <summary>A field of a measurement as screens name it, with its unit as people write it (µg/m³).</summary>
internal sealed record FieldName(string Measurement, string Field, BilingualName Name, string? Unit);

/// <summary>
/// What the configuration calls things. Immutable: a reload hands <see cref="LiveStats"/> a new one. A source is on the
/// page from the moment it is named here, whether or not it has sent anything: silence is a finding too.
/// </summary>
internal sealed record LiveNames
{
    public ImmutableArray<SourceName> Sources { get; init; } = [];

    /// <summary>By six-digit code.</summary>
    public ImmutableDictionary<string, BilingualName> Districts { get; init; } = ImmutableDictionary<string, BilingualName>.Empty;

    public ImmutableDictionary<string, BilingualName> Measurements { get; init; } = ImmutableDictionary<string, BilingualName>.Empty;

    public ImmutableArray<FieldName> Fields { get; init; } = [];
}
