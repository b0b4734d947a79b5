using System.Globalization;
using System.Text;
using System.Text.Json;
using CityPerception.Imports.Reading;
using nietras.SeparatedValues;

namespace CityPerception.Imports;

/// <summary>
/// The refused rows of an input, in a file beside it, with row number, reason, place and what was found: to be corrected
/// and imported again. Of a table it is a CSV (UTF-8 with mark, for spreadsheets), of anything else NDJSON; of line
/// protocol, lines under comments.
/// </summary>
/// <remarks>
/// No cell can be taken for a formula: those that begin like one get an apostrophe, in the added columns and in those of
/// the input. Importing the file takes it off again (<see cref="FormulaGuard"/>), so that a row is what it was.
/// </remarks>
internal sealed class RejectionFile : IDisposable
{
    private readonly ImportFormat _format;
    private FileStream? _file;

    private RejectionFile(string path, ImportFormat format) => (Path, _format) = (path, format);

    public string Path { get; }

    /// <summary>How long it is; 0 as long as there is none.</summary>
    public long Bytes => _file?.Position ?? 0;

    /// <summary>Goes on with the file of an earlier run of the same input, or takes a name that is free: another's is left alone.</summary>
    /// <param name="input">The input's path.</param>
    /// <param name="format">The input's.</param>
    /// <param name="known">The file of the earlier run; null if there was none.</param>
    /// <param name="keep">So much of it belongs to what has been imported already.</param>
    public static RejectionFile Open(string input, ImportFormat format, string? known, long keep)
    {
        var rejections = new RejectionFile(known ?? FreePath(input, format), format);
        if (!File.Exists(rejections.Path)) return rejections;
        if (keep == 0)
        {
            File.Delete(rejections.Path);
            return rejections;
        }

        rejections._file = new FileStream(rejections.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        rejections._file.SetLength(Math.Min(keep, rejections._file.Length));
        rejections._file.Position = rejections._file.Length;
        return rejections;
    }

    /// <summary>Adds a row.</summary>
    /// <param name="rejection">It and why.</param>
    /// <param name="columns">The table's.</param>
    public void Add(RowRejection rejection, IReadOnlyList<string>? columns)
    {
        string text = _format.IsTable() ? CsvLine(rejection, columns ?? [], withHeader: _file is null) : _format is ImportFormat.Lp ? Lines(rejection) : JsonLine(rejection);
        _file ??= new FileStream(Path, FileMode.Create, FileAccess.Write, FileShare.Read);
        _file.Write(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>What has been added is in the file.</summary>
    public void Flush() => _file?.Flush();

    public void Dispose() => _file?.Dispose();

    private static string FreePath(string input, ImportFormat format)
    {
        string ending = format.IsTable() ? ".csv" : format is ImportFormat.Lp ? ".lp" : ".ndjson";
        string stem = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(input))!, System.IO.Path.GetFileNameWithoutExtension(input) + ".rejected");
        string path = stem + ending;
        for (int i = 2; File.Exists(path); i++) path = $"{stem}-{i}{ending}";
        return path;
    }

    private static string CsvLine(RowRejection rejection, IReadOnlyList<string> columns, bool withHeader)
    {
        string[] cells = rejection.Record.ValueKind is JsonValueKind.Object && rejection.Record.TryGetProperty("cells", out JsonElement list) && list.ValueKind is JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(c => c.GetString() ?? "")]
            : [.. columns.Where(IsOfInput).Select(c => rejection.Record.TryGetProperty(c, out JsonElement cell) ? cell.ToString() : "")];
        using SepWriter writer = Sep.New(',').Writer(static o => o with { WriteHeader = false, Escape = true, DisableColCountCheck = true }).ToText();
        if (withHeader) Write(writer, [.. RejectionColumns.All, .. columns.Where(IsOfInput)]);
        Write(writer, [rejection.Row.ToString(CultureInfo.InvariantCulture), rejection.Reason, rejection.Path, rejection.Found, .. cells]);
        return (withHeader ? "\uFEFF" : "") + writer;
    }

    // Rejections of a file of rejections have the new reason, and not the old one as well.
    private static bool IsOfInput(string column) => column.Length > 0 && !RejectionColumns.All.Contains(column);

    private static void Write(SepWriter writer, IEnumerable<string> cells)
    {
        using SepWriter.Row row = writer.NewRow();
        int column = 0;
        foreach (string cell in cells) row[column++].Set(FormulaGuard.Do(cell));
    }

    private static string JsonLine(RowRejection rejection)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = ImportJson.Plain.Options.Encoder }))
        {
            json.WriteStartObject();
            json.WriteStartObject(RejectionColumns.Member);
            json.WriteNumber("row", rejection.Row);
            json.WriteString("reason", rejection.Reason);
            json.WriteString("path", rejection.Path);
            json.WriteString("found", rejection.Found);
            if (rejection.Record.ValueKind is not JsonValueKind.Object) json.WriteString("text", rejection.Record.ToString());
            json.WriteEndObject();
            if (rejection.Record.ValueKind is JsonValueKind.Object)
            {
                foreach (JsonProperty member in rejection.Record.EnumerateObject()) member.WriteTo(json);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }

    private static string Lines(RowRejection rejection) =>
        $"# row {rejection.Row}: {rejection.Path.ReplaceLineEndings(" ")}: {rejection.Reason}: {rejection.Found.ReplaceLineEndings(" ")}\n{rejection.Record}\n";
}
