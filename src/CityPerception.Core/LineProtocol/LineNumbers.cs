using System.Buffers.Text;
using System.Globalization;
using CityPerception.Core.Text;

namespace CityPerception.Core.LineProtocol;

/// <summary>Numbers of lines: decimal text to binary, exact, and the other way round in the shortest form.</summary>
internal static class LineNumbers
{
    /// <summary>The longest text of a double in shortest form: -2.2250738585072014E-308.</summary>
    public const int MaxDoubleBytes = 24;

    // An array: a span over constants allocates until the method is optimised.
    private static readonly double[] Powers = [1e0, 1e1, 1e2, 1e3];

    /// <summary>A decimal number with optional sign, fraction and exponent, that is finite as a double.</summary>
    public static bool TryParseDouble(ReadOnlySpan<byte> text, out double value) =>
        ShortDecimal.TryParse(text, out value) || TryParseLong(text, out value);

    public static bool TryParseInt64(ReadOnlySpan<byte> text, out long value) =>
        Utf8Parser.TryParse(text, out value, out int used) && used == text.Length;

    public static bool TryParseUInt64(ReadOnlySpan<byte> text, out ulong value)
    {
        if (text is [(byte)'-', ..]) { value = 0; return false; }
        return Utf8Parser.TryParse(text, out value, out int used) && used == text.Length;
    }

    /// <summary>Writes the shortest text that reads back as the same double.</summary>
    /// <param name="value">A finite number.</param>
    /// <param name="destination">At least <see cref="MaxDoubleBytes"/>.</param>
    public static int Format(double value, Span<byte> destination)
    {
        // What instruments send has few decimals. At most 15 digits name a double uniquely, so if k / 10^d is the
        // value, for the smallest d, then those digits are the shortest; -0 keeps its sign on the general way.
        if (value != 0)
        {
            for (int decimals = 0; decimals <= 3; decimals++)
            {
                double scaled = Math.Round(value * Powers[decimals]);
                if (Math.Abs(scaled) >= 1e15) break;
                if (scaled / Powers[decimals] == value) return FormatDecimal((long)scaled, decimals, destination);
            }
        }

        value.TryFormat(destination, out int length, default, CultureInfo.InvariantCulture);
        return length;
    }

    private static int FormatDecimal(long scaled, int decimals, Span<byte> destination)
    {
        int at = 0;
        if (scaled < 0)
        {
            destination[at++] = (byte)'-';
            scaled = -scaled;
        }

        long unit = (long)Powers[decimals];
        Utf8Formatter.TryFormat(scaled / unit, destination[at..], out int length);
        at += length;
        if (decimals == 0) return at;

        destination[at++] = (byte)'.';
        Utf8Formatter.TryFormat(scaled % unit, destination[at..], out _, new System.Buffers.StandardFormat('D', (byte)decimals));
        return at + decimals;
    }

    private static bool TryParseLong(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        // The framework's parser knows names for what is not finite, and takes blanks; the format does not.
        foreach (byte b in text)
        {
            if (b is not ((>= (byte)'0' and <= (byte)'9') or (byte)'.' or (byte)'-' or (byte)'+' or (byte)'e' or (byte)'E')) return false;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }
}
