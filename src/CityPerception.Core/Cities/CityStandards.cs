using CityPerception.Core.Standards;

namespace CityPerception.Core.Cities;

/// <summary>How the city applies national standards, where they leave it to the city or there are several editions.</summary>
public sealed record CityStandards
{
    /// <summary>Of the air quality index.</summary>
    public AirEdition Air { get; init; } = AirEdition.Of2026;

    /// <summary>When means of air count.</summary>
    public AirRules AirRules { get; init; } = new();

    /// <summary>The hours of the day for noise; the others are the night's.</summary>
    public NoiseHours NoiseHours { get; init; } = NoiseHours.Default;
}
