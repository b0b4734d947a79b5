using System.Globalization;
using CityPerception.Imports.Reading;
using nietras.SeparatedValues;
using SpreadCheetah;

namespace CityPerception.Channels;

/// <summary>A series for spreadsheets: as CSV, with a mark and no text that they would take for a formula; as a workbook, with numbers as numbers.</summary>
internal static class SeriesTable
{
    public const string Csv = "text/csv", Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    private static readonly string[] Columns = ["time", "group", "value", "num", "den", "level", "coverage", "samples", "rev"], OfPrevious = ["previous", "difference", "percent"];

    public static string ToCsv(IEnumerable<SeriesPoint> points, bool compares)
    {
        using SepWriter writer = Sep.New(',').Writer(static o => o with { WriteHeader = false, Escape = true }).ToText();
        Write(writer, Heads(compares));
        foreach (SeriesPoint point in points) Write(writer, [.. CellsOf(point, compares).Select(TextOf)]);
        return "\uFEFF" + writer;
    }

    /// <summary>Text is a cell of text here: nothing is computed, whatever it begins with.</summary>
    public static async Task<byte[]> ToXlsxAsync(string sheet, IEnumerable<SeriesPoint> points, bool compares, CancellationToken cancellationToken)
    {
        // The archive is closed by synchronous writes, which an answer does not take; a page of points is small.
        using var file = new MemoryStream();
        await using Spreadsheet workbook = await Spreadsheet.CreateNewAsync(file, cancellationToken: cancellationToken);
        await workbook.StartWorksheetAsync(sheet, token: cancellationToken);
        await workbook.AddHeaderRowAsync(Heads(compares), token: cancellationToken);
        foreach (SeriesPoint point in points)
            await workbook.AddRowAsync([.. CellsOf(point, compares).Select(static c => c switch { double n => new DataCell(n), DateTimeOffset t => new DataCell(t.DateTime), _ => new DataCell(c as string) })], cancellationToken);
        await workbook.FinishAsync(cancellationToken);
        return file.ToArray();
    }

    private static string[] Heads(bool compares) => compares ? [.. Columns, .. OfPrevious] : Columns;

    private static object?[] CellsOf(SeriesPoint p, bool compares)
    {
        object?[] cells = [p.Time, p.Group, p.Value, p.Num, p.Den, p.Level, p.Coverage, (double)p.Samples, (double)p.Rev];
        return compares ? [.. cells, p.Previous?.Value, p.Previous?.Difference, p.Previous?.Percent] : cells;
    }

    // A number below zero is no formula.
    private static string TextOf(object? cell) => cell switch
    {
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        double number => number.ToString(CultureInfo.InvariantCulture),
        string text => FormulaGuard.Do(text),
        _ => "",
    };

    private static void Write(SepWriter writer, string[] cells)
    {
        using SepWriter.Row row = writer.NewRow();
        for (int i = 0; i < cells.Length; i++) row[i].Set(cells[i]);
    }
}
