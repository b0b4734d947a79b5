using CityPerception.Core.Observations;
using nietras.SeparatedValues;

namespace CityPerception.Imports.Reading;

/// <summary>The first row of a CSV: what every later place of the file needs to be understood.</summary>
/// <param name="Bytes">It, with its line end.</param>
/// <param name="Columns">Their names.</param>
/// <param name="Separator">Between cells.</param>
/// <param name="Encoding">As far as the header tells.</param>
internal sealed record CsvHead(byte[] Bytes, IReadOnlyList<string> Columns, char Separator, ImportEncoding Encoding);

/// <summary>
/// CSV as offices export it: RFC 4180 with <c>, ; |</c> or tabs, line breaks in quoted cells, UTF-8 with or without mark, or
/// GB 18030.
/// </summary>
internal sealed class CsvRows : IRowReader
{
    private static readonly char[] Separators = [',', ';', '\t', '|'];

    private readonly RowChunks _chunks;
    private readonly ImportText _text;
    private readonly IReadOnlySet<string>? _members;
    private readonly long _bytes;
    private CsvHead? _head;
    private TableRow? _row;
    private SepReader? _reader;

    /// <param name="input">Read from where it stands.</param>
    /// <param name="head">If the stream stands behind the header, what that was.</param>
    /// <param name="start">Where the stream stands; the number of the row before.</param>
    /// <param name="encoding">If known.</param>
    /// <param name="members">The columns that the mapping reads; null for all.</param>
    /// <param name="bytes">How long the input is; 0 if unknown.</param>
    public CsvRows(Stream input, CsvHead? head, ImportPlace start, ImportEncoding encoding, IReadOnlySet<string>? members, long bytes)
    {
        _chunks = new RowChunks(input, quoted: true, ImportFormats.ChunkBytes, start.Offset);
        _text = new ImportText(encoding);
        (_members, _bytes, Place, Row) = (members, bytes, start, start.Row);
        if (head is not null) Begin(head);
    }

    public IReadOnlyList<string>? Columns => _head?.Columns;

    public long Row { get; private set; }

    public ReadOnlyMemory<byte> Document => _row!.Document;

    public Rejection? Fault => _row!.Fault;

    public ImportPlace Place { get; private set; }

    public double Done => _bytes > 0 ? (double)_chunks.End / _bytes : -1;

    /// <summary>Reads the header, and leaves the stream behind it if that can seek; null for an empty input.</summary>
    public static async Task<CsvHead?> ReadHeadAsync(Stream input, ImportEncoding encoding, CancellationToken cancellationToken)
    {
        long start = input.CanSeek ? input.Position : 0;
        using var chunks = new RowChunks(input, quoted: true, ImportFormats.ChunkBytes, 0);
        if (!await chunks.NextAsync(cancellationToken)) return null;
        CsvHead head = Head(chunks.Chunk.Span, new ImportText(encoding));
        if (input.CanSeek) input.Position = start + head.Bytes.Length;
        return head;
    }

    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_reader is not null)
            {
                while (_reader.MoveNext())
                {
                    Row++;
                    if (TryTake(_reader.Current)) return true;
                }

                _reader.Dispose();
                _reader = null;
            }

            Place = new ImportPlace(Row, _chunks.End);
            if (!await _chunks.NextAsync(cancellationToken)) return false;
            if (Open()) return true;
        }
    }

    public void Dispose()
    {
        _reader?.Dispose();
        _row?.Dispose();
        _chunks.Dispose();
    }

    // True if the chunk is one that cannot be read: it is the row at hand.
    private bool Open()
    {
        ReadOnlySpan<byte> chunk = _chunks.Chunk.Span;
        if (_head is null)
        {
            if (_chunks.IsBroken) throw new ImportFaultException("The first row, which names the columns, does not end: a quote in it is never closed. 表头行引号未闭合。");
            CsvHead head = Head(chunk, _text);
            Begin(head);
            chunk = chunk[head.Bytes.Length..];
            if (Row == 0) Row = 1; // the header's own; unless the sender numbers the rows
        }

        ReadOnlyMemory<char> text = _text.Read(chunk);
        if (!_chunks.IsBroken)
        {
            _reader = Reader(_head!.Separator, text);
            return false;
        }

        Row++;
        _row!.Misfit(1, json => json.WriteStringValue(text.Span.TrimEnd("\r\n")));
        _row.Unreadable($"a quote that is opened and never closed, or a row of more than {RowChunks.MaxRowBytes >> 20} MiB; reading went on with the next line");
        return true;
    }

    private void Begin(CsvHead head)
    {
        _head = head;
        _row = new TableRow(head.Columns, _members);
    }

    private bool TryTake(SepReader.Row cells)
    {
        if (cells.ColCount == 1 && cells[0].Span.Trim().IsEmpty && _row!.Count > 1) return false; // an empty line
        if (cells.ColCount != _row!.Count)
        {
            List<string> found = [];
            for (int i = 0; i < cells.ColCount; i++) found.Add(cells[i].ToString());
            _row.Misfit(found.Count, json => found.ForEach(json.WriteStringValue));
            return true;
        }

        _row.Begin();
        for (int i = 0; i < cells.ColCount; i++) _row.Add(i, cells[i].Span);
        _row.End();
        return true;
    }

    private static CsvHead Head(ReadOnlySpan<byte> chunk, ImportText text)
    {
        int end = 0;
        for (int quotes = 0; end < chunk.Length; end++)
        {
            if (chunk[end] == (byte)'"') quotes++;
            if (chunk[end] == (byte)'\n' && quotes % 2 == 0) break;
        }

        byte[] bytes = chunk[..Math.Min(end + 1, chunk.Length)].ToArray();
        ReadOnlySpan<byte> row = ImportText.WithoutMark(bytes);
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
            throw new ImportFaultException("The file is UTF-16. Save it as \"CSV UTF-8\". 文件为 UTF-16 编码，请另存为 CSV UTF-8。");
        ReadOnlyMemory<char> line = text.Read(row);
        char separator = Separators.MaxBy(s => line.Span.Count(s));
        using SepReader reader = Reader(separator, line);
        if (!reader.MoveNext()) throw new ImportFaultException("The first row, which names the columns, is empty. 第一行（列名）为空。");
        SepReader.Row cells = reader.Current;
        string[] columns = new string[cells.ColCount];
        for (int i = 0; i < columns.Length; i++) columns[i] = cells[i].Span.Trim().ToString();
        return new CsvHead(bytes, columns, separator, text.Found);
    }

    private static SepReader Reader(char separator, ReadOnlyMemory<char> text) =>
        Sep.New(separator).Reader(static o => o with { HasHeader = false, Unescape = true, DisableColCountCheck = true }).From(new MemoryText(text));

    /// <summary>Characters in memory, for a reader that wants a <see cref="TextReader"/>.</summary>
    private sealed class MemoryText(ReadOnlyMemory<char> text) : TextReader
    {
        private ReadOnlyMemory<char> _rest = text;

        public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

        public override int Read(Span<char> buffer)
        {
            int length = Math.Min(buffer.Length, _rest.Length);
            _rest.Span[..length].CopyTo(buffer);
            _rest = _rest[length..];
            return length;
        }
    }
}
