namespace CityPerception.Core.LineProtocol;

/// <summary>A field's value that stands without quotes: number or boolean.</summary>
internal static class LineValue
{
    /// <summary>Reads 1.5, 12i, 12u and the ten ways to write a boolean, whose value is then the integer 0 or 1.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out LineFieldKind kind, out double number, out long integer)
    {
        number = 0;
        integer = 0;
        switch (text[^1])
        {
            case (byte)'i':
                kind = LineFieldKind.Integer;
                return LineNumbers.TryParseInt64(text[..^1], out integer);
            case (byte)'u':
                kind = LineFieldKind.Unsigned;
                bool fits = LineNumbers.TryParseUInt64(text[..^1], out ulong unsigned);
                integer = (long)unsigned;
                return fits;
            case (>= (byte)'0' and <= (byte)'9') or (byte)'.':
                kind = LineFieldKind.Float;
                return LineNumbers.TryParseDouble(text, out number);
            default:
                kind = LineFieldKind.Boolean;
                integer = IsTrue(text) ? 1 : 0;
                return integer == 1 || IsFalse(text);
        }
    }

    /// <summary>Whether what could not be read was meant as a number: it begins like one, or names what is not finite.</summary>
    public static bool LooksLikeNumber(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> unsigned = text[0] is (byte)'-' or (byte)'+' ? text[1..] : text;
        return unsigned.Length < text.Length
            || unsigned[0] is (>= (byte)'0' and <= (byte)'9') or (byte)'.'
            || System.Text.Ascii.EqualsIgnoreCase(unsigned, "nan"u8)
            || System.Text.Ascii.EqualsIgnoreCase(unsigned, "inf"u8)
            || System.Text.Ascii.EqualsIgnoreCase(unsigned, "infinity"u8);
    }

    private static bool IsTrue(ReadOnlySpan<byte> text) =>
        text is [(byte)'t' or (byte)'T'] || text.SequenceEqual("true"u8) || text.SequenceEqual("True"u8) || text.SequenceEqual("TRUE"u8);

    private static bool IsFalse(ReadOnlySpan<byte> text) =>
        text is [(byte)'f' or (byte)'F'] || text.SequenceEqual("false"u8) || text.SequenceEqual("False"u8) || text.SequenceEqual("FALSE"u8);
}
