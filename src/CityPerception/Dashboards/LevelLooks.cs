using System.Globalization;
using System.Text.Json.Nodes;
using CityPerception.Core.Channels;

namespace CityPerception.Dashboards;

/// <summary>Levels as Grafana shows them: thresholds of values, colours of levels.</summary>
internal static class LevelLooks
{
    private static readonly (Level Level, string Colour, string Text)[] Levels =
    [
        (Level.Unknown, "text", "未知 unknown"), (Level.Green, "green", "绿 green"), (Level.Yellow, "yellow", "黄 yellow"), (Level.Orange, "orange", "橙 orange"), (Level.Red, "red", "红 red"),
    ];

    /// <summary>
    /// The bounds of a KPI as thresholds; null where a value does not have its level by itself: nothing is judged, something else
    /// than the value is, or the bounds are a district's and the value the city's.
    /// </summary>
    public static JsonObject? Thresholds(KpiLevels? levels, bool ofCity)
    {
        if (levels is null or { Of: not null } || (levels.PerDistrict && ofCity)) return null;
        var steps = new List<(double From, Level Level)> { (double.NegativeInfinity, levels.Judge(double.MinValue)) };
        foreach ((double min, double max) in levels.Bands)
        {
            if (double.IsFinite(min)) steps.Add((min, levels.Judge(min)));
            // A bound belongs to the better level, and a threshold of Grafana's to what is above it: the next number there is.
            if (double.IsFinite(max)) steps.Add((double.BitIncrement(max), levels.Judge(double.BitIncrement(max))));
        }

        return Steps(steps.DistinctBy(s => s.From).OrderBy(s => s.From).Select(s => ((double?)(double.IsFinite(s.From) ? s.From : null), Colour(s.Level))));
    }

    /// <summary>No thresholds: one colour.</summary>
    public static JsonObject Plain() => Steps([(null, "blue")]);

    /// <summary>How the numbers of levels are shown.</summary>
    public static JsonObject LevelDefaults() => new()
    {
        ["color"] = new JsonObject { ["mode"] = "thresholds" },
        ["mappings"] = new JsonArray(new JsonObject { ["type"] = "value", ["options"] = Mappings() }),
        ["thresholds"] = Steps([.. Levels.Select(l => (l.Level is Level.Unknown ? (double?)null : (int)l.Level, l.Colour))]),
    };

    private static JsonObject Mappings()
    {
        var options = new JsonObject();
        foreach ((Level level, string colour, string text) in Levels)
            options[((int)level).ToString(CultureInfo.InvariantCulture)] = new JsonObject { ["text"] = text, ["color"] = colour, ["index"] = options.Count };
        return options;
    }

    private static string Colour(Level level) => Levels.Single(l => l.Level == level).Colour;

    private static JsonObject Steps(IEnumerable<(double? From, string Colour)> steps) => new()
    {
        ["mode"] = "absolute",
        ["steps"] = new JsonArray([.. steps.Select(s => new JsonObject { ["value"] = s.From, ["color"] = s.Colour })]),
    };
}
