namespace CityPerception.Core.Decoding.Hj212;

/// <summary>
/// Walks <c>name=value</c> pairs with ; or , between them. Blanks around them, which the standard's own examples have, do
/// not count. A value between // and // (a logger's log) may hold both.
/// </summary>
internal ref struct Hj212Pairs(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _rest = text;

    /// <summary>The name; of a text without = all of it.</summary>
    public ReadOnlySpan<byte> Key { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Whether the pair has its =.</summary>
    public bool IsPair { get; private set; }

    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            int end = EndOfPair(_rest);
            ReadOnlySpan<byte> pair = (end < 0 ? _rest : _rest[..end]).Trim(" \t"u8);
            _rest = end < 0 ? default : _rest[(end + 1)..];
            if (pair.IsEmpty) continue;

            int equals = pair.IndexOf((byte)'=');
            IsPair = equals >= 0;
            Key = equals < 0 ? pair : pair[..equals].TrimEnd(" \t"u8);
            Value = equals < 0 ? default : pair[(equals + 1)..].TrimStart(" \t"u8);
            return true;
        }

        return false;
    }

    // −1: the pair is the last.
    private static int EndOfPair(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAny((byte)';', (byte)',');
        int quote = (end < 0 ? default : text[..end]).IndexOf("=//"u8) + 3;
        if (quote < 3) return end;
        int close = text[quote..].IndexOf("//"u8);
        if (close < 0) return end;
        int after = quote + close + 2;
        int next = text[after..].IndexOfAny((byte)';', (byte)',');
        return next < 0 ? -1 : after + next;
    }
}
