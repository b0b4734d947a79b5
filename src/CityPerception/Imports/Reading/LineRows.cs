using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using CityPerception.Core.Observations;

namespace CityPerception.Imports.Reading;

/// <summary>A message a line: NDJSON, and line protocol (whose comments are passed over).</summary>
/// <param name="input">Read from where it stands.</param>
/// <param name="isJson">NDJSON.</param>
/// <param name="start">Where the stream stands, and the number of the line before.</param>
/// <param name="encoding">If known.</param>
/// <param name="bytes">How long the input is; 0 if unknown.</param>
internal sealed class LineRows(Stream input, bool isJson, ImportPlace start, ImportEncoding encoding, long bytes) : IRowReader
{
    private static readonly byte[] CorrectionStart = Encoding.UTF8.GetBytes($$"""{"{{RejectionColumns.Member}}":""");

    private readonly RowChunks _chunks = new(input, quoted: false, ImportFormats.ChunkBytes, start.Offset);
    private readonly ImportText _text = new(encoding);
    private ReadOnlyMemory<byte> _rest;
    private bool _isBroken;

    public IReadOnlyList<string>? Columns => null;

    public long Row { get; private set; } = start.Row;

    public ReadOnlyMemory<byte> Document { get; private set; }

    public Rejection? Fault { get; private set; }

    public ImportPlace Place { get; private set; } = start;

    public double Done => bytes > 0 ? (double)_chunks.End / bytes : -1;

    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            while (!_rest.IsEmpty)
            {
                int end = _rest.Span.IndexOf((byte)'\n');
                ReadOnlyMemory<byte> line = end < 0 ? _rest : _rest[..end];
                _rest = end < 0 ? default : _rest[(end + 1)..];
                Row++;
                if (TryTake(line)) return true;
            }

            Place = new ImportPlace(Row, _chunks.End);
            if (!await _chunks.NextAsync(cancellationToken)) return false;
            _rest = _chunks.Chunk;
            _isBroken = _chunks.IsBroken;
            if (Row == 0) _rest = _rest[(_rest.Length - ImportText.WithoutMark(_rest.Span).Length)..];
            _text.Look(_rest.Span);
        }
    }

    public void Dispose() => _chunks.Dispose();

    private bool TryTake(ReadOnlyMemory<byte> line)
    {
        line = line.Trim(" \t\r"u8);
        if (line.IsEmpty || (!isJson && line.Span[0] == (byte)'#')) return false;

        Fault = null;
        Document = line;
        if (_isBroken) Fault = new Rejection(RejectionReason.PayloadTooLarge, 0, "$", $"a line of more than {RowChunks.MaxRowBytes >> 20} MiB");
        else if (_text.Found is ImportEncoding.Gb18030 && !Utf8.IsValid(line.Span)) Document = Encoding.UTF8.GetBytes(_text.Read(line.Span).ToString());
        if (isJson && line.Span.StartsWith(CorrectionStart)) Document = WithoutRejection(line);
        return true;
    }

    // {"_rejected":{…},"a":1} is {"a":1}.
    private static ReadOnlyMemory<byte> WithoutRejection(ReadOnlyMemory<byte> line)
    {
        var reader = new Utf8JsonReader(line.Span[CorrectionStart.Length..]);
        try
        {
            if (!reader.Read()) return line;
            reader.Skip();
        }
        catch (JsonException)
        {
            return line; // the decoder says what is wrong with it
        }

        ReadOnlyMemory<byte> rest = line[(CorrectionStart.Length + (int)reader.BytesConsumed)..].TrimStart(" "u8);
        if (rest.Span is not [(byte)',' or (byte)'}', ..]) return line;
        rest = rest.TrimStart(","u8);
        byte[] document = new byte[rest.Length + 1];
        document[0] = (byte)'{';
        rest.CopyTo(document.AsMemory(1));
        return document;
    }
}
