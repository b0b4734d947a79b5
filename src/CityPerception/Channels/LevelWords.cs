using System.Globalization;
using CityPerception.Core.Channels;
using CityPerception.Core.Configuration;

namespace CityPerception.Channels;

/// <summary>The bounds of a KPI's levels in the words that the screens have for levels.</summary>
internal static class LevelWords
{
    private static readonly Names[] Words = [new("正常", "normal"), new("关注", "watch"), new("预警", "warning"), new("严重", "critical")];

    public static Names Of(KpiLevels levels)
    {
        string[] bands = [.. levels.Bands.Select((b, i) => i == 0 ? Bound(b.Min, b.Max) : Bound(b, levels.Bands[i - 1]))];
        List<Names> parts =
        [
            new(
                string.Join("，", bands.Select(static (bound, i) => $"{Words[i].Zh} {bound}")) + $"，其余{Words[^1].Zh}",
                string.Join(", ", bands.Select(static (bound, i) => $"{Words[i].En} {bound}")) + $", else {Words[^1].En}"),
        ];
        if (levels.Of is { } judged) parts.Add(new Names($"按 {judged.Text} 评级", $"judged is {judged.Text}"));
        if (levels.Hold > 1) parts.Add(new Names(string.Create(CultureInfo.InvariantCulture, $"连续 {levels.Hold} 个时段转好才恢复"), string.Create(CultureInfo.InvariantCulture, $"better only after {levels.Hold} windows in a row")));
        if (levels.PerDistrict) parts.Add(new Names("全市取各区县中最差的级别", "the city has the worst level of its districts"));
        return new Names(string.Join("；", parts.Select(static p => p.Zh)), string.Join("; ", parts.Select(static p => p.En)));
    }

    // A band has the one before within it: told is where it reaches farther.
    private static string Bound((double Min, double Max) band, (double Min, double Max) within) => Bound(
        band.Min == within.Min ? double.NegativeInfinity : band.Min, band.Max == within.Max ? double.PositiveInfinity : band.Max);

    private static string Bound(double min, double max) => double.IsInfinity(max) ? $"≥ {Number(min)}" : double.IsInfinity(min) ? $"≤ {Number(max)}" : $"{Number(min)}–{Number(max)}";

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
