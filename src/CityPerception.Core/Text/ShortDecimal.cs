namespace CityPerception.Core.Text;

/// <summary>Reads decimal numbers of few digits, as instruments send them, at a fifth of the general parser's cost.</summary>
internal static class ShortDecimal
{
    // Digits below 2^53 are an integer that a double holds exactly, and so are the powers of ten up to 10^22: one division
    // of two exact numbers is rounded once, as IEEE 754 demands (Clinger 1990).
    private const ulong ExactDigits = 1UL << 53;

    // So many bytes at the most: one more power of ten is never needed, and the digits do not overflow.
    private const int MaxBytes = 18;

    // An array: a span over constants allocates until the method is optimised.
    private static readonly double[] PowersOfTen =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18];

    /// <summary>Sign, digits and point, without an exponent. False for anything else, which may be a number all the same.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        int at = text is [(byte)'-' or (byte)'+', ..] ? 1 : 0;
        if (text.Length > MaxBytes) return false;

        ulong digits = 0;
        int count = 0, point = -1;
        for (; at < text.Length; at++)
        {
            uint digit = (uint)text[at] - '0';
            if (digit <= 9)
            {
                digits = digits * 10 + digit;
                count++;
            }
            else if (text[at] == (byte)'.' && point < 0)
            {
                point = count;
            }
            else
            {
                return false;
            }
        }

        if (count == 0 || digits >= ExactDigits) return false;
        value = point < 0 ? digits : digits / PowersOfTen[count - point];
        if (text[0] == (byte)'-') value = -value;
        return true;
    }
}
