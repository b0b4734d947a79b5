namespace CityPerception.Core.LineProtocol;

/// <summary>A name of the schema as a line carries it: escaped once, and written as it is ever after.</summary>
public sealed class LineKey
{
    private readonly byte[] _escaped;

    private LineKey(ReadOnlySpan<byte> name, bool isMeasurement)
    {
        Span<byte> to = new byte[name.Length * LineEscaping.MaxGrowth];
        int length = LineEscaping.WriteName(name, to, isMeasurement);
        if (length == 0) throw new ArgumentException("A name must have a character.", nameof(name));
        _escaped = to[..length].ToArray();
    }

    /// <summary>The key of a tag or field.</summary>
    /// <param name="name">In UTF-8.</param>
    /// <exception cref="ArgumentException">The name is empty, or nothing of it remains.</exception>
    public LineKey(ReadOnlySpan<byte> name) : this(name, isMeasurement: false)
    {
    }

    /// <summary>A measurement. A leading <c>#</c> becomes <c>_</c>, for it would make the line a comment.</summary>
    /// <param name="name">In UTF-8.</param>
    /// <exception cref="ArgumentException">The name is empty, or nothing of it remains.</exception>
    public static LineKey OfMeasurement(ReadOnlySpan<byte> name)
    {
        var key = new LineKey(name, isMeasurement: true);
        if (key._escaped[0] == (byte)'#') key._escaped[0] = (byte)'_';
        return key;
    }

    internal ReadOnlySpan<byte> Escaped => _escaped;

    /// <summary>Whether a line has this tag before the other.</summary>
    internal bool IsBefore(LineKey other) => Escaped.SequenceCompareTo(other.Escaped) < 0;
}
