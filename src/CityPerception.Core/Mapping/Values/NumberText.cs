using System.Buffers;
using System.Buffers.Text;
using System.Globalization;

namespace CityPerception.Core.Mapping.Values;

/// <summary>Reads decimal numbers from UTF-8.</summary>
internal static class NumberText
{
    // 2^53 and 10^22 are exact in a double, so one division of two exact numbers is the correctly rounded result
    // (Clinger 1990). Nearly every sensor value takes this way, at a fifth of the general parser's cost.
    private const ulong ExactMantissa = 1UL << 53;

    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("0123456789+-.eE"u8);

    private static readonly double[] PowersOfTen =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    ];

    /// <summary>The value of digits that the JSON reader has checked. Infinite where a double cannot hold it.</summary>
    public static double Parse(ReadOnlySpan<byte> digits) =>
        TryParseShort(digits, out double value) || double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
            ? value
            : double.NaN;

    /// <summary>A number in text of unknown content: spaces around it are allowed; NaN, infinity and hex are not numbers.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        text = text.Trim(" \t"u8);
        if (TryParseShort(text, out value)) return true;
        if (text.IsEmpty || text.ContainsAnyExcept(NumberBytes)) return false;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>A whole number within 64 bits, from its digits.</summary>
    public static bool TryParseInteger(ReadOnlySpan<byte> digits, out long value) =>
        Utf8Parser.TryParse(digits, out value, out int used) && used == digits.Length;

    private static bool TryParseShort(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        if (text.Length is 0 or > 18) return false;

        bool negative = text[0] == (byte)'-';
        ulong mantissa = 0;
        int fraction = -1, digits = 0;
        for (int i = negative ? 1 : 0; i < text.Length; i++)
        {
            uint digit = (uint)text[i] - '0';
            if (digit <= 9)
            {
                mantissa = mantissa * 10 + digit;
                digits++;
            }
            else if (text[i] == (byte)'.' && fraction < 0)
            {
                fraction = digits;
            }
            else
            {
                return false;
            }
        }

        if (digits == 0 || mantissa >= ExactMantissa) return false;
        value = fraction < 0 ? mantissa : mantissa / PowersOfTen[digits - fraction];
        if (negative) value = -value;
        return true;
    }
}
