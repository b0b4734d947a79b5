using CityPerception.Core.Cities;

namespace CityPerception.Sources.Open311;

/// <summary>A report that a resident made, checked.</summary>
internal sealed record Report
{
    public required ServiceType Service { get; init; }

    public double? Latitude { get; init; }

    public double? Longitude { get; init; }

    public string? Address { get; init; }

    public string? AddressId { get; init; }

    public string? Description { get; init; }

    public string? MediaUrl { get; init; }

    /// <summary>The district that the address names.</summary>
    public District? District { get; init; }

    public required IReadOnlyDictionary<string, string[]> Attributes { get; init; }

    /// <summary>Who reports: what the form says of e-mail, phone, names, device and account, by the standard's names. Never stored by the shipped mapping, never answered.</summary>
    public required IReadOnlyDictionary<string, string> Reporter { get; init; }
}
