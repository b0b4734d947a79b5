using System.Globalization;
using CityPerception.Imports.Reading;
using nietras.SeparatedValues;

namespace CityPerception.Channels;

/// <summary>A series as CSV for spreadsheets: with a mark, and no text that they would take for a formula.</summary>
internal static class SeriesTable
{
    public const string ContentType = "text/csv";

    private static readonly string[] Columns = ["time", "group", "value", "num", "den", "level", "coverage", "samples", "rev"], OfPrevious = ["previous", "difference", "percent"];

    public static string Write(IEnumerable<SeriesPoint> points, bool compares)
    {
        using SepWriter writer = Sep.New(',').Writer(static o => o with { WriteHeader = false, Escape = true }).ToText();
        Write(writer, compares ? [.. Columns, .. OfPrevious] : Columns);
        foreach (SeriesPoint p in points)
        {
            string[] cells =
            [
                p.Time.ToString("O", CultureInfo.InvariantCulture), FormulaGuard.Do(p.Group ?? ""), Text(p.Value), Text(p.Num), Text(p.Den), p.Level, Text(p.Coverage),
                p.Samples.ToString(CultureInfo.InvariantCulture), p.Rev.ToString(CultureInfo.InvariantCulture),
            ];
            Write(writer, compares ? [.. cells, Text(p.Previous?.Value), Text(p.Previous?.Difference), Text(p.Previous?.Percent)] : cells);
        }

        return "\uFEFF" + writer;
    }

    // Below zero as well: a number is no formula.
    private static string Text(double? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static void Write(SepWriter writer, string[] cells)
    {
        using SepWriter.Row row = writer.NewRow();
        for (int i = 0; i < cells.Length; i++) row[i].Set(cells[i]);
    }
}
