using System.Runtime.InteropServices;
using System.Text.Json;
using CityPerception.Core.Decoding;
using CityPerception.Core.Observations;

namespace CityPerception.Imports.Reading;

/// <summary>The elements of a JSON array, as they come; or one document as a whole. An element or document is held in memory.</summary>
internal sealed class JsonRows : IRowReader
{
    /// <summary>The most that a document that is no array of rows may have.</summary>
    public const int MaxDocumentBytes = 64 << 20;

    private static readonly JsonSerializerOptions Options = new() { MaxDepth = DecodingLimits.MaxDepth };

    private readonly Stream _input;
    private readonly bool _whole;
    private readonly long _bytes, _skip;
    private readonly IAsyncEnumerator<JsonElement> _elements;
    private bool _done;

    /// <param name="input">From its beginning.</param>
    /// <param name="whole">The input is one document to its source.</param>
    /// <param name="skip">So many elements are passed over.</param>
    /// <param name="bytes">How long the input is; 0 if unknown.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public JsonRows(Stream input, bool whole, long skip, long bytes, CancellationToken cancellationToken)
    {
        (_input, _whole, _skip, _bytes) = (input, whole, skip, bytes);
        _elements = JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(input, topLevelValues: false, Options, cancellationToken).GetAsyncEnumerator(cancellationToken);
    }

    public IReadOnlyList<string>? Columns => null;

    public long Row { get; private set; }

    public ReadOnlyMemory<byte> Document { get; private set; }

    public Rejection? Fault => null;

    public ImportPlace Place { get; private set; }

    public double Done => _bytes > 0 && _input.CanSeek ? (double)_input.Position / _bytes : -1;

    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        Place = new ImportPlace(Row, 0);
        if (_whole) return await ReadWholeAsync(cancellationToken);
        try
        {
            while (await _elements.MoveNextAsync())
            {
                if (++Row <= _skip) continue;
                Document = JsonMarshal.GetRawUtf8Value(_elements.Current).ToArray();
                return true;
            }

            return false;
        }
        catch (JsonException e)
        {
            throw new ImportFaultException($"After element {Row} the input is no JSON array any more (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}); the elements before are imported. 第 {Row} 个元素之后不是合法 JSON。");
        }
    }

    public void Dispose()
    {
    }

    private async ValueTask<bool> ReadWholeAsync(CancellationToken cancellationToken)
    {
        if (_done) return false;
        _done = true;
        using var all = new MemoryStream();
        byte[] part = new byte[64 << 10];
        for (int read; (read = await _input.ReadAsync(part, cancellationToken)) > 0;)
        {
            all.Write(part, 0, read);
            if (all.Length > MaxDocumentBytes) throw new ImportFaultException($"The document has more than {MaxDocumentBytes >> 20} MiB. As an array of rows, or with a document a line (.ndjson), it may have any size. 单个文档过大。");
        }

        Row = 1;
        Document = ImportText.WithoutMark(all.ToArray()).ToArray();
        return _skip == 0;
    }
}
