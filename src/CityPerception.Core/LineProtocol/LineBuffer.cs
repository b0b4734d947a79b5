using System.Buffers;

namespace CityPerception.Core.LineProtocol;

/// <summary>
/// A growing buffer of line protocol: what the mapping emits and the spool appends. Each line ends in <c>\n</c>,
/// and a line holds no other. Reused from message to message; a line that turns out bad is taken back.
/// </summary>
public sealed class LineBuffer : IBufferWriter<byte>
{
    private byte[] _bytes;
    private int _length;

    public LineBuffer(int capacity = 16 * 1024) => _bytes = new byte[capacity];

    /// <summary>The finished lines and whatever of an unfinished one has been written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, _length);

    public int Length => _length;

    /// <summary>How many lines are finished.</summary>
    public int LineCount { get; private set; }

    /// <summary>Ends the line.</summary>
    public void EndLine()
    {
        GetSpan(1)[0] = (byte)'\n';
        _length++;
        LineCount++;
    }

    /// <summary>Adds another buffer's finished lines.</summary>
    public void Append(LineBuffer other)
    {
        Write(other.Written);
        LineCount += other.LineCount;
    }

    /// <summary>Takes back everything written after <paramref name="length"/>, where a line began.</summary>
    public void Rewind(int length, int lineCount)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _length);
        _length = length;
        LineCount = lineCount;
    }

    public void Clear() => Rewind(0, 0);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - _length);
        _length += count;
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        if (_bytes.Length - _length < Math.Max(sizeHint, 1)) Grow(sizeHint);
        return _bytes.AsSpan(_length);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_bytes.Length - _length < Math.Max(sizeHint, 1)) Grow(sizeHint);
        return _bytes.AsMemory(_length);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        _length += bytes.Length;
    }

    private void Grow(int sizeHint) =>
        Array.Resize(ref _bytes, checked(Math.Max(_bytes.Length * 2, _length + Math.Max(sizeHint, 1))));
}
