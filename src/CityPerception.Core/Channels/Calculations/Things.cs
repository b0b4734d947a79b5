using System.Collections.Immutable;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>What measures again and again by itself, so that silence says something.</summary>
internal static class Things
{
    /// <summary>Of each kind of thing the fields of which a sound device sends at least one.</summary>
    public static ImmutableArray<(string Measurement, ImmutableArray<string> Fields)> All { get; } =
    [
        ("air_quality", ["pm25", "pm10", "tsp", "o3", "temperature"]), ("noise", ["leq", "la"]), ("water_quality", ["ph", "do", "codmn", "nh3n"]), ("weather", ["temperature", "humidity", "wind_speed"]),
        ("emission", ["so2", "nox", "dust"]), ("discharge", ["cod", "nh3n", "flow"]), ("manhole", ["open", "tilt", "level", "battery"]), ("lamp", ["on", "fault", "power"]), ("lift", ["trapped", "fault", "floor"]), ("flood", ["depth"]),
    ];

    /// <summary>Whether points of the measurement come from such things.</summary>
    public static bool Measure(string measurement) => All.Any(t => t.Measurement == measurement);

    /// <summary>The fields that tell of a measurement, the means that loggers send themselves among them.</summary>
    public static ImmutableArray<string> FieldsOf(string measurement) =>
        [.. All.Where(t => t.Measurement == measurement).SelectMany(static t => t.Fields).SelectMany(static f => new[] { f, f + "_avg" })];
}
