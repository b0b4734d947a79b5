using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace CityPerception.Core.LineProtocol;

/// <summary>Text on its way into a line: made harmless, then escaped.</summary>
/// <remarks>
/// What a line cannot carry, or not to every InfluxDB, is replaced here, before anything is hashed or stored, so that
/// the same text is the same identity everywhere: control characters (line breaks among them) become a space, bytes that
/// are not UTF-8 become U+FFFD. In names and tag values a backslash before a comma, equals sign, space or the end is left
/// out: 1.x and 2.x would take it for an escape of what follows, and 3.x reads two of them as one.
/// </remarks>
internal static class LineEscaping
{
    /// <summary>No text grows more than so many times: an invalid byte becomes the three of U+FFFD.</summary>
    public const int MaxGrowth = 3;

    private static readonly SearchValues<byte> NameWork = SearchValues.Create([.. Controls(), .. ",= \\"u8]);
    private static readonly SearchValues<byte> StringWork = SearchValues.Create([.. Controls(), .. "\"\\"u8]);

    /// <summary>Whether the text goes between quotes as it is.</summary>
    public static bool IsPlainString(ReadOnlySpan<byte> text) => !text.ContainsAny(StringWork) && Utf8.IsValid(text);

    /// <summary>Writes a tag key, tag value or field key; a measurement, where an equals sign is not escaped.</summary>
    public static int WriteName(ReadOnlySpan<byte> text, Span<byte> destination, bool isMeasurement)
    {
        if (!IsPlainName(text)) return EscapeName(text, destination, isMeasurement);
        text.CopyTo(destination);
        return text.Length;
    }

    private static int EscapeName(ReadOnlySpan<byte> text, Span<byte> destination, bool isMeasurement)
    {
        int length = 0;
        while (!text.IsEmpty)
        {
            text = text[Normalize(text, out Rune rune)..];
            if (rune.Value is ',' or ' ' || (rune.Value is '=' && !isMeasurement))
            {
                length = TrimBackslashes(destination, length);
                destination[length++] = (byte)'\\';
            }

            length += rune.EncodeToUtf8(destination[length..]);
        }

        return TrimBackslashes(destination, length);
    }

    /// <summary>Writes what stands between the quotes of a string.</summary>
    public static int EscapeString(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        int length = 0;
        while (!text.IsEmpty)
        {
            text = text[Normalize(text, out Rune rune)..];
            if (rune.Value is '"' or '\\') destination[length++] = (byte)'\\';
            length += rune.EncodeToUtf8(destination[length..]);
        }

        return length;
    }

    private static bool IsPlainName(ReadOnlySpan<byte> text) => !text.ContainsAny(NameWork) && Utf8.IsValid(text);

    private static int Normalize(ReadOnlySpan<byte> text, out Rune rune)
    {
        // What cannot be decoded comes back as U+FFFD, with the number of bytes that one replacement stands for.
        Rune.DecodeFromUtf8(text, out rune, out int used);
        if (rune.Value is < ' ' or 0x7F) rune = new Rune(' ');
        return used;
    }

    private static int TrimBackslashes(Span<byte> written, int length)
    {
        while (length > 0 && written[length - 1] == (byte)'\\') length--;
        return length;
    }

    private static IEnumerable<byte> Controls() => [.. Enumerable.Range(0, 0x20).Select(b => (byte)b), 0x7F];
}
