using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace CityPerception.Core.Decoding;

/// <summary>
/// Where decoders of other formats write their JSON documents. Every thread keeps one, so that a message costs no
/// memory once the buffers have grown to the size of what is sent.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The JSON writer holds nothing but the buffer beside it.")]
internal sealed class DocumentWriter
{
    // One huge message must not hold its memory for ever, on every thread.
    private const int MaxKeptBytes = 1 << 20;

    private static readonly JsonWriterOptions Options = new()
    {
        // The documents go to the mapping and not into a page: Chinese may stay Chinese.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    [ThreadStatic]
    private static DocumentWriter? _free;

    private readonly ArrayBufferWriter<byte> _bytes = new(1024);
    private readonly Utf8JsonWriter _json;
    private byte[] _scratch = new byte[1024];

    private DocumentWriter() => _json = new Utf8JsonWriter(_bytes, Options);

    public static DocumentWriter Rent()
    {
        DocumentWriter writer = _free ?? new DocumentWriter();
        _free = null;
        return writer;
    }

    public void Return()
    {
        if (_bytes.Capacity + _scratch.Length <= MaxKeptBytes) _free = this;
    }

    /// <summary>Begins a document, and forgets the one before.</summary>
    public Utf8JsonWriter Begin()
    {
        _bytes.ResetWrittenCount();
        _json.Reset();
        return _json;
    }

    /// <summary>Hands on the document.</summary>
    public void Hand(IDocumentSink sink)
    {
        _json.Flush();
        sink.Document(_bytes.WrittenSpan);
    }

    /// <summary>Room for a text that has to be unescaped; the next call may give the same.</summary>
    public Span<byte> Scratch(int length)
    {
        if (_scratch.Length < length) _scratch = new byte[Math.Max(length, _scratch.Length * 2)];
        return _scratch.AsSpan(0, length);
    }

    /// <summary>The text, with U+FFFD for what is not UTF-8: the JSON writer would throw.</summary>
    public static ReadOnlySpan<byte> Valid(ReadOnlySpan<byte> text) =>
        Utf8.IsValid(text) ? text : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text));
}
