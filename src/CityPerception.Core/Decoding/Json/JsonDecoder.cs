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

        if (HasTooManyElements(text, sink.WantsWholeArray))
        {
            sink.Reject(RejectionReason.ElementsExceeded, "$", DecodingLimits.TooManyElements);
            return;
        }

        Walk(text, sink, limit: int.MaxValue);
    }

    // An element and what separates it from the next have two bytes at least ("{}", "1,"), so an ordinary message need
    // not be counted. A larger one is walked through twice.
    private static bool HasTooManyElements(ReadOnlySpan<byte> text, bool wantsWholeArray) =>
        text.Length > 2 * DecodingLimits.MaxElements
        && !Walk(text, wantsWholeArray ? SkippingSink.Whole : SkippingSink.Elements, DecodingLimits.MaxElements);

    // Hands on every element. False as soon as there are more than the limit.
    private static bool Walk(ReadOnlySpan<byte> text, IDocumentSink sink, int limit)
    {
        int count = 0;
        for (ReadOnlySpan<byte> rest = text; !(rest = TrimStart(rest)).IsEmpty;)
        {
            bool isArray = rest[0] == (byte)'[' && !sink.WantsWholeArray;
            if (!isArray) count++;
            int used = isArray ? Elements(rest, sink, limit, ref count) : sink.Document(rest);
            if (count > limit) return false;
            rest = used < 0 ? NextLine(rest) : rest[used..];
        }

        return true;
    }

    private static int Elements(ReadOnlySpan<byte> array, IDocumentSink sink, int limit, ref int count)
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

            if (++count > limit) return -1;
            int used = sink.Document(rest);
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
