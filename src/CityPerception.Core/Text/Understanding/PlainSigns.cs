using System.Text.Unicode;

namespace CityPerception.Core.Text.Understanding;

/// <summary>
/// Text as words are looked for in it: full-width letters and digits as plain ones, letters small, and signs that are
/// written in more than one way (traditional ones above all) as one of them. A sign stays one sign.
/// </summary>
public sealed class PlainSigns
{
    /// <summary>So many signs of a text are read. The matter of a ticket stands in its beginning.</summary>
    public const int MaxLength = 2048;

    private readonly Dictionary<char, char> _variants;

    /// <param name="variants">A sign, and the one that it is read as.</param>
    internal PlainSigns(IEnumerable<KeyValuePair<char, char>> variants) => _variants = new(variants);

    /// <summary>Reads a text; what is not valid UTF-8 becomes U+FFFD, what is too long is left out.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="room">Takes the signs.</param>
    internal ReadOnlySpan<char> Read(ReadOnlySpan<byte> utf8, Span<char> room)
    {
        Utf8.ToUtf16(utf8, room, out _, out int length, replaceInvalidSequences: true);
        Span<char> signs = room[..length];
        foreach (ref char sign in signs) sign = Of(sign);
        return signs;
    }

    /// <summary>A word of a table, read like the texts in which it is looked for.</summary>
    internal string Of(string word) => string.Create(word.Length, (this, word), static (room, of) =>
    {
        for (int i = 0; i < room.Length; i++) room[i] = of.Item1.Of(of.word[i]);
    });

    private char Of(char sign)
    {
        if (sign < 0x80) return char.ToLowerInvariant(sign);
        // Half- and Fullwidth Forms: U+FF01 to U+FF5E are ASCII, in the same order.
        if (sign is >= '\uFF01' and <= '\uFF5E') return char.ToLowerInvariant((char)(sign - 0xFF01 + '!'));
        return _variants.GetValueOrDefault(sign, sign);
    }
}
