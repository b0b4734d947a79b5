using System.Globalization;
using System.IO.Compression;
using System.Text;
using CityPerception.Core.Observations;
using ExcelDataReader;
using ExcelDataReader.Exceptions;

namespace CityPerception.Imports.Reading;

/// <summary>A sheet of a spreadsheet (XLSX, ISO/IEC 29500), read forward. Formula cells give the value that was saved with them; an error is no value.</summary>
internal sealed class SheetRows : IRowReader
{
    /// <summary>The texts of a workbook are kept in memory while it is read.</summary>
    private const long MaxTextBytes = 256 << 20;

    /// <summary>From here on a number cell no longer holds every digit that was entered.</summary>
    private const double DigitsLost = 1e15;

    private readonly IExcelDataReader _reader;
    private readonly IReadOnlySet<string>? _members;
    private readonly long _skip;
    private string[]? _columns;
    private TableRow? _row;

    static SheetRows() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <param name="input">The workbook; must be able to seek. Not disposed.</param>
    /// <param name="sheet">Its name; the first one without it.</param>
    /// <param name="skip">Rows up to this one are passed over.</param>
    /// <param name="members">The columns that the mapping reads; null for all.</param>
    /// <exception cref="ImportFaultException">It is no workbook, or has no such sheet.</exception>
    public SheetRows(Stream input, string? sheet, long skip, IReadOnlySet<string>? members)
    {
        (_skip, _members) = (skip, members);
        CheckSize(input);
        try
        {
            _reader = ExcelReaderFactory.CreateOpenXmlReader(input, new ExcelReaderConfiguration { LeaveOpen = true });
        }
        catch (Exception e) when (e is ExcelReaderException or InvalidDataException or System.Xml.XmlException)
        {
            throw NoWorkbook(e.Message);
        }

        List<string> sheets = [];
        do
        {
            if (sheet is null || _reader.Name == sheet) return;
            sheets.Add(_reader.Name);
        }
        while (_reader.NextResult());
        _reader.Dispose();
        throw new ImportFaultException($"The workbook has no sheet '{sheet}'; it has {string.Join(", ", sheets)}. 没有该工作表。");
    }

    public IReadOnlyList<string>? Columns => _columns;

    public long Row { get; private set; }

    public ReadOnlyMemory<byte> Document => _row!.Document;

    public Rejection? Fault => _row!.Fault;

    public ImportPlace Place { get; private set; }

    public double Done => _reader.RowCount > 0 ? (double)Row / _reader.RowCount : -1;

    public ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        Place = new ImportPlace(Row, 0);
        try
        {
            while (_reader.Read())
            {
                Row++;
                if (_columns is null) Head();
                else if (Row > _skip && !IsBlank())
                {
                    Take();
                    return ValueTask.FromResult(true);
                }

                cancellationToken.ThrowIfCancellationRequested();
            }

            return ValueTask.FromResult(false);
        }
        catch (Exception e) when (e is System.Xml.XmlException or InvalidDataException or ExcelReaderException)
        {
            throw NoWorkbook($"after row {Row}: {e.Message}");
        }
    }

    public void Dispose()
    {
        _row?.Dispose();
        _reader.Dispose();
    }

    private static void CheckSize(Stream input)
    {
        try
        {
            using var zip = new ZipArchive(input, ZipArchiveMode.Read, leaveOpen: true);
            if (zip.GetEntry("xl/sharedStrings.xml") is { Length: > MaxTextBytes })
                throw new ImportFaultException($"The workbook has more than {MaxTextBytes >> 20} MiB of text. Save it as CSV UTF-8: that may have any size. 工作簿文本过大，请另存为 CSV。");
        }
        catch (InvalidDataException e)
        {
            throw NoWorkbook(e.Message);
        }

        input.Position = 0;
    }

    private static ImportFaultException NoWorkbook(string why) => new($"Not a workbook that can be read ({why}). An old .xls, or one with a password, must be saved as .xlsx or CSV. 无法读取该工作簿，请另存为 .xlsx 或 CSV。");

    // Empty rows above the header are passed over.
    private void Head()
    {
        if (IsBlank()) return;
        var columns = new string[_reader.FieldCount];
        for (int i = 0; i < columns.Length; i++) columns[i] = Convert.ToString(_reader.GetValue(i), CultureInfo.InvariantCulture)?.Trim() ?? "";
        _row = new TableRow(columns, _members);
        _columns = columns;
    }

    private bool IsBlank()
    {
        for (int i = 0; i < _reader.FieldCount; i++)
            if (_reader.GetValue(i) is not (null or "")) return false;
        return true;
    }

    private void Take()
    {
        _row!.Begin();
        Span<char> text = stackalloc char[64];
        for (int i = 0; i < Math.Min(_columns!.Length, _reader.FieldCount); i++)
        {
            switch (_reader.GetValue(i))
            {
                case string cell:
                    _row.Add(i, cell);
                    break;
                case double number:
                    if (Math.Abs(number) >= DigitsLost) _row.Refuse(i, RejectionReason.NumberInvalid, "a number of more than 15 digits, of which a spreadsheet keeps 15. Give the column the format Text and enter it again");
                    number.TryFormat(text, out int length, Math.Abs(number) is >= DigitsLost or < 1e-4 ? "R" : "0.################", CultureInfo.InvariantCulture);
                    _row.Add(i, text[..length]);
                    break;
                case DateTime time:
                    time.TryFormat(text, out length, HasClock(i) ? "yyyy-MM-dd'T'HH:mm:ss.FFF" : "yyyy-MM-dd", CultureInfo.InvariantCulture);
                    _row.Add(i, text[..length]);
                    break;
                case TimeSpan clock:
                    clock.TryFormat(text, out length, "c", CultureInfo.InvariantCulture);
                    _row.Add(i, text[..length]);
                    break;
                case bool flag:
                    _row.Add(i, flag ? "true" : "false");
                    break;
                case { } other:
                    _row.Add(i, Convert.ToString(other, CultureInfo.InvariantCulture));
                    break;
            }
        }

        _row.End();
    }

    private bool HasClock(int column) => _reader.GetNumberFormatString(column) is not { } style || style.Contains('h', StringComparison.OrdinalIgnoreCase);
}
