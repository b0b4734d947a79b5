namespace CityPerception.Core.LineProtocol;

/// <summary>A tag whose value never changes, escaped once.</summary>
public sealed class LineTag
{
    private readonly byte[] _text;

    private LineTag(LineKey key, ReadOnlySpan<byte> escaped)
    {
        Key = key;
        _text = [(byte)',', .. key.Escaped, (byte)'=', .. escaped];
    }

    /// <summary>Null where the value is empty, or nothing of it remains.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">In UTF-8.</param>
    public static LineTag? TryCreate(LineKey key, ReadOnlySpan<byte> value)
    {
        Span<byte> to = new byte[value.Length * LineEscaping.MaxGrowth];
        int length = LineEscaping.WriteName(value, to, isMeasurement: false);
        return length == 0 ? null : new LineTag(key, to[..length]);
    }

    internal LineKey Key { get; }

    internal ReadOnlySpan<byte> Escaped => _text;
}
