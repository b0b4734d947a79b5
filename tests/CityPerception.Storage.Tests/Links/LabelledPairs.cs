using System.Globalization;
using System.Runtime.CompilerServices;
using CityPerception.Core.Text.Similarity;
using CityPerception.Storage.Links;

namespace CityPerception.Storage.Tests.Links;

/// <summary>A pair of appeals, and whether a person says that they speak of the same matter.</summary>
internal sealed record LabelledPair(bool IsHeldOut, bool IsSame, string Why, AppealFacts First, AppealFacts Second)
{
    /// <summary>The pairs of pairs.csv. Those held out were never looked at while the rule was tuned.</summary>
    public static IReadOnlyList<LabelledPair> Read([CallerFilePath] string here = "") =>
        [.. File.ReadLines(Path.Combine(Path.GetDirectoryName(here)!, "pairs.csv")).Skip(1).Select((line, i) => Parse(line.Split(','), i))];

    private static LabelledPair Parse(string[] cells, int number)
    {
        long hours = long.Parse(cells[3], CultureInfo.InvariantCulture);
        return new LabelledPair(cells[0] == "held", cells[1] == "same", cells[2], Facts($"{number}a", 0, cells[4..8]), Facts($"{number}b", hours, cells[8..12]));
    }

    private static AppealFacts Facts(string id, long hours, string[] cells)
    {
        string[] position = cells[2].Split('@'), grid = position[0].Split('/');
        double[]? at = position.Length < 2 ? null : [.. position[1].Split(';').Select(n => double.Parse(n, CultureInfo.InvariantCulture))];
        return new AppealFacts
        {
            Id = $"{cells[0]}:{id}",
            Measurement = cells[0],
            Source = "labelled",
            TimeNs = hours * 3_600_000_000_000,
            Series = 0,
            District = grid[0],
            Grid = grid.Length < 2 ? null : grid[1],
            Category = cells[1],
            Lat = at?[0],
            Lon = at?[1],
            Fingerprint = TextFingerprint.Find(cells[3])!,
        };
    }
}
