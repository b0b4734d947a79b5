using CityPerception.Core.Observations;

namespace CityPerception.Core.Decoding.Json;

/// <summary>
/// JSON: one value, several (NDJSON or simply one after the other), or an array of them. A bad line of NDJSON costs
/// itself and not the lines after it; too many elements cost the message (<see cref="DecodingLimits"/>). Allocates nothing.
/// </summary>
public sealed class JsonDecoder : IDecoder
{
    public string Name => "json";

    public void Decode(in Message message, IDocumentSink sink)
    {
        ReadOnlySpan<byte> text = JsonText.Trim(message.Payload);
        if (text.IsEmpty)
        {
            sink.Reject(RejectionReason.PayloadEmpty, "$", "the message has no JSON");
            return;
        }

        int count = 0;
        for (ReadOnlySpan<byte> rest = text; !(rest = TrimStart(rest)).IsEmpty;)
        {
            bool isArray = rest[0] == (byte)'[' && !sink.WantsWholeArray;
            int used = isArray ? Elements(rest, sink, ref count) : Element(rest, sink, ref count);
            if (count > DecodingLimits.MaxElements)
            {
                sink.RejectWhole(RejectionReason.ElementsExceeded, "$", DecodingLimits.TooManyElements);
                return;
            }

            rest = used < 0 ? NextLine(rest) : rest[used..];
        }
    }

    private static int Element(ReadOnlySpan<byte> text, IDocumentSink sink, ref int count) =>
        ++count > DecodingLimits.MaxElements ? -1 : sink.Document(text);

    private static int Elements(ReadOnlySpan<byte> array, IDocumentSink sink, ref int count)
    {
        int at = 1;
        for (bool first = true; ; first = false)
        {
            ReadOnlySpan<byte> rest = TrimStart(array[at..]);
            if (rest.IsEmpty) return Broken(sink, array.Length, "the array does not end");
            if (rest[0] == (byte)']') return array.Length - rest.Length + 1;
            if (!first)
            {
                if (rest[0] != (byte)',') return Broken(sink, array.Length - rest.Length, "',' or ']' expected");
                rest = TrimStart(rest[1..]);
            }

            int used = Element(rest, sink, ref count);
            if (used < 0) return -1;
            at = array.Length - rest.Length + used;
        }
    }

    private static int Broken(IDocumentSink sink, int at, string detail)
    {
        sink.Reject(RejectionReason.SyntaxInvalid, $"byte {at}", detail);
        return -1;
    }

    // After a syntax error only a line that begins an object can be a new document: the inner lines of a
    // pretty-printed one are indented.
    private static ReadOnlySpan<byte> NextLine(ReadOnlySpan<byte> rest)
    {
        int next = rest.IndexOf("\n{"u8);
        return next < 0 ? [] : rest[(next + 1)..];
    }

    private static ReadOnlySpan<byte> TrimStart(ReadOnlySpan<byte> bytes) => bytes.TrimStart(" \t\r\n"u8);
}
