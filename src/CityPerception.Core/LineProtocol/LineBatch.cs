namespace CityPerception.Core.LineProtocol;

/// <summary>
/// Lines on their way to a store: canonical line protocol with nanosecond times, each line ended by <c>\n</c>.
/// The bytes belong to whoever made the batch and must not change while a store has it.
/// </summary>
public readonly record struct LineBatch(ReadOnlyMemory<byte> Text, int Count)
{
    /// <summary>Two batches that together are this one, cut at the line nearest the middle.</summary>
    /// <exception cref="InvalidOperationException">Fewer than two lines.</exception>
    public (LineBatch Left, LineBatch Right) Halve()
    {
        if (Count < 2) throw new InvalidOperationException("A batch of one line cannot be halved.");

        int leftCount = Count / 2, cut = 0;
        ReadOnlySpan<byte> text = Text.Span;
        for (int i = 0; i < leftCount; i++) cut += text[cut..].IndexOf((byte)'\n') + 1;
        return (new LineBatch(Text[..cut], leftCount), new LineBatch(Text[cut..], Count - leftCount));
    }
}
