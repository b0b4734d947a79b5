namespace CityPerception.Core.Decoding.Json;

/// <summary>What may stand around JSON.</summary>
internal static class JsonText
{
    /// <summary>Without the byte order mark that some Windows tools write, and without blanks.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) =>
        (text.StartsWith("\uFEFF"u8) ? text[3..] : text).Trim(" \t\r\n"u8);
}
