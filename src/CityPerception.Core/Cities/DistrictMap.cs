using CityPerception.Core.Configuration;

namespace CityPerception.Core.Cities;

/// <summary>
/// The city's own map of its districts, ready to be drawn: from north-west to south-east in whole units of a plane. For the eye only;
/// nothing is ever looked up in it.
/// </summary>
/// <param name="Approval">The number under which the map was approved (审图号), which has to stand beside it.</param>
/// <param name="Source">Who published it; null where nobody said.</param>
/// <param name="Width">Of the plane.</param>
/// <param name="Height">Likewise.</param>
/// <param name="Districts">Each district of the city once.</param>
public sealed record DistrictMap(string Approval, Names? Source, int Width, int Height, IReadOnlyList<DistrictOutline> Districts)
{
    /// <summary>Another map has another version.</summary>
    public required string Version { get; init; }
}

/// <summary>A district's area.</summary>
/// <param name="Code">Its GB/T 2260 code.</param>
/// <param name="Path">Its rings as an SVG path, to be filled by the rule evenodd.</param>
/// <param name="X">Where its name has the most room.</param>
/// <param name="Y">Likewise.</param>
public sealed record DistrictOutline(string Code, string Path, int X, int Y);
