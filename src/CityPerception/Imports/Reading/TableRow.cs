using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using CityPerception.Core.Observations;

namespace CityPerception.Imports.Reading;

/// <summary>
/// Makes a JSON document of a table's row: <c>{"column": "text"}</c> without the empty cells, so that an empty cell is a
/// missing value. One buffer, reused from row to row; nothing is allocated for a cell.
/// </summary>
internal sealed class TableRow : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly JsonEncodedText?[] _names;
    private readonly bool[] _matters;
    private readonly bool _isCorrection;
    private readonly ArrayBufferWriter<byte> _bytes = new(4096);
    private readonly Utf8JsonWriter _json;

    /// <param name="columns">From the table's first row.</param>
    /// <param name="members">Those that the mapping reads; null for all.</param>
    /// <exception cref="ImportFaultException">They cannot be the columns of a table.</exception>
    public TableRow(IReadOnlyList<string> columns, IReadOnlySet<string>? members)
    {
        _isCorrection = RejectionColumns.AreIn(columns);
        if (columns.Where(c => c.Length > 0).GroupBy(c => c).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ImportFaultException($"The column '{twice.Key}' is there {twice.Count()} times; give each its own name. 列名重复。");
        if (columns.All(c => c.Length == 0)) throw new ImportFaultException("The first row names no column. 第一行没有列名。");
        if (members is { Count: > 0 } && !columns.Any(members.Contains))
            throw new ImportFaultException($"None of the columns {string.Join(", ", columns.Take(8))} is one that the source reads ({string.Join(", ", members.Order(StringComparer.Ordinal).Take(8))}). Is it the right file and source? 列名与数据源不符。");
        _names = [.. columns.Select(c => c.Length == 0 || (_isCorrection && RejectionColumns.All.Contains(c)) ? (JsonEncodedText?)null : JsonEncodedText.Encode(c, Options.Encoder))];
        _matters = [.. columns.Select(c => members is null || members.Contains(c))];
        _json = new Utf8JsonWriter(_bytes, Options);
    }

    public ReadOnlyMemory<byte> Document => _bytes.WrittenMemory;

    /// <summary>Why the row cannot be taken.</summary>
    public Rejection? Fault { get; private set; }

    public int Count => _names.Length;

    public void Begin()
    {
        Fault = null;
        _bytes.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
    }

    public void Add(int column, ReadOnlySpan<char> cell)
    {
        if (_names[column] is not { } name) return;
        if (_isCorrection) cell = FormulaGuard.Undo(cell);
        ReadOnlySpan<char> text = cell.Trim();
        if (text.IsEmpty) return;
        if (_matters[column] && IsShortenedNumber(text))
            Refuse(column, RejectionReason.NumberInvalid, $"'{text}' is a number that a spreadsheet shortened: digits are lost. Give the column the format Text and enter it again");
        if (text.Contains(ImportText.Invalid)) Refuse(column, RejectionReason.TextEncodingInvalid, "bytes that are not of the file's encoding");
        _json.WriteString(name, text);
    }

    public void End()
    {
        _json.WriteEndObject();
        _json.Flush();
    }

    /// <summary>Notes why a cell makes the row unfit; the first counts.</summary>
    public void Refuse(int column, RejectionReason reason, string detail)
    {
        if (_matters[column]) Fault ??= new Rejection(reason, 0, $"$.{_names[column]}", detail);
    }

    /// <summary>The row has not the cells of the table: what it has is kept as a list.</summary>
    public void Misfit(int cells, Action<Utf8JsonWriter> write)
    {
        Begin();
        _json.WriteStartArray("cells"u8);
        write(_json);
        _json.WriteEndArray();
        End();
        Fault = new Rejection(RejectionReason.SyntaxInvalid, 0, "$", string.Create(CultureInfo.InvariantCulture, $"the row has {cells} cells, the header {Count}"));
    }

    /// <summary>Notes that the row cannot be read at all.</summary>
    public void Unreadable(string detail) => Fault = new Rejection(RejectionReason.SyntaxInvalid, 0, "$", detail);

    public void Dispose() => _json.Dispose();

    // 1.40403E+17 is how a spreadsheet shows, and exports, an id of 18 digits; it has kept 15 of them at most.
    private static bool IsShortenedNumber(ReadOnlySpan<char> text)
    {
        int e = text.IndexOf('E');
        return e > 0 && text.Length - e is 4 or 5 && text[e + 1] == '+'
            && int.TryParse(text[(e + 2)..], NumberStyles.None, CultureInfo.InvariantCulture, out int exponent) && exponent >= 11
            && double.TryParse(text[..e], NumberStyles.Float, CultureInfo.InvariantCulture, out _);
    }
}
