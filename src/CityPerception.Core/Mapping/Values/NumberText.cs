using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using CityPerception.Core.Text;

namespace CityPerception.Core.Mapping.Values;

/// <summary>Reads decimal numbers from UTF-8.</summary>
internal static class NumberText
{
    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("0123456789+-.eE"u8);

    /// <summary>The value of digits that the JSON reader has checked. Infinite where a double cannot hold it.</summary>
    public static double Parse(ReadOnlySpan<byte> digits) =>
        ShortDecimal.TryParse(digits, out double value) || double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
            ? value
            : double.NaN;

    /// <summary>A number in text of unknown content: spaces around it are allowed; NaN, infinity and hex are not numbers.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        text = text.Trim(" \t"u8);
        if (ShortDecimal.TryParse(text, out value)) return true;
        if (text.IsEmpty || text.ContainsAnyExcept(NumberBytes)) return false;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>A whole number within 64 bits, from its digits.</summary>
    public static bool TryParseInteger(ReadOnlySpan<byte> digits, out long value) =>
        Utf8Parser.TryParse(digits, out value, out int used) && used == digits.Length;
}
