using System.Buffers;
using System.Text.Json;

namespace CityPerception.Core.Decoding.SenMl;

/// <summary>Names of SenML: base name and name, one after the other (RFC 8428, section 4.5.1).</summary>
internal static class SenMlName
{
    private static readonly SearchValues<byte> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-:./_"u8);

    /// <summary>Writes the name, and says what is wrong with it, or null.</summary>
    public static string? Resolve(SenMlText baseName, SenMlText name, Span<byte> destination, out int length)
    {
        length = 0;
        if (!TryAppend(baseName, destination, ref length) || !TryAppend(name, destination, ref length)) return $"the name is no text, or longer than {DecodingLimits.MaxNameBytes} bytes";
        if (length == 0) return "the record has neither name nor base name";

        ReadOnlySpan<byte> whole = destination[..length];
        if (whole.ContainsAnyExcept(Allowed)) return "a name has letters and digits of ASCII and -:./_ only";
        return char.IsAsciiLetterOrDigit((char)whole[0]) ? null : "a name begins with a letter or digit of ASCII";
    }

    private static bool TryAppend(SenMlText text, Span<byte> destination, ref int length)
    {
        if (text.Token.Length <= 2) return true;

        Span<byte> rest = destination[length..];
        ReadOnlySpan<byte> raw = text.Token[1..^1];
        if (raw.Length > rest.Length) return false;

        if (!text.IsEscaped)
        {
            raw.CopyTo(rest);
            length += raw.Length;
            return true;
        }

        var reader = new Utf8JsonReader(text.Token);
        reader.Read();
        try
        {
            length += reader.CopyString(rest);
            return true;
        }
        catch (InvalidOperationException) // half of a surrogate pair
        {
            return false;
        }
    }
}
