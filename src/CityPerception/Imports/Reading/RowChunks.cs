using System.Buffers;

namespace CityPerception.Imports.Reading;

/// <summary>
/// Cuts a stream into chunks of whole rows, so that every chunk can be read by itself and reading can be taken up again
/// at the byte where one begins. Quotes never hide in the trail bytes of UTF-8 or GB 18030, so bytes are enough.
/// </summary>
/// <param name="input">Read from where it stands; not disposed.</param>
/// <param name="quoted">Whether a line end between quotes belongs to the row.</param>
/// <param name="chunkBytes">How large a chunk should be.</param>
/// <param name="offset">What place of the input the stream stands at.</param>
internal sealed class RowChunks(Stream input, bool quoted, int chunkBytes, long offset) : IDisposable
{
    /// <summary>A row that is longer is no row: mostly somebody opened a quote and never closed it.</summary>
    public const int MaxRowBytes = 4 << 20;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(chunkBytes);
    private int _start, _length;
    private bool _ended;

    /// <summary>Whole rows with their line ends; the last row of the input may have none.</summary>
    public ReadOnlyMemory<byte> Chunk { get; private set; }

    /// <summary>The chunk is one line that is no row: a quote in it is never closed, or it is too long.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The place behind the chunk.</summary>
    public long End { get; private set; } = offset;

    /// <summary>Goes to the next chunk; false at the end.</summary>
    public async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        Compact();
        while (true)
        {
            await FillAsync(cancellationToken);
            if (_length == 0) return false;

            int rows = RowsLength(_buffer.AsSpan(0, _length));
            if (rows > 0) return Take(rows, broken: false);
            if (_ended || _length >= MaxRowBytes) return Take(FirstLineLength(), broken: true);
            Grow();
        }
    }

    public void Dispose()
    {
        byte[] buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }

    private void Compact()
    {
        _buffer.AsSpan(_start, _length).CopyTo(_buffer);
        _start = 0;
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        while (!_ended && _length < _buffer.Length)
        {
            int read = await input.ReadAsync(_buffer.AsMemory(_length), cancellationToken);
            if (read == 0) _ended = true;
            _length += read;
        }
    }

    private bool Take(int length, bool broken)
    {
        Chunk = _buffer.AsMemory(0, length);
        IsBroken = broken;
        End += length;
        _start = length;
        _length -= length;
        return true;
    }

    // Up to the last line end that no quote is open at. What is open is told by the count of quotes before.
    private int RowsLength(ReadOnlySpan<byte> bytes)
    {
        int quotes = quoted ? bytes.Count((byte)'"') : 0;
        if (_ended && quotes % 2 == 0) return bytes.Length;

        for (ReadOnlySpan<byte> rest = bytes; ;)
        {
            int end = rest.LastIndexOf((byte)'\n');
            if (end < 0) return 0;
            if (quoted) quotes -= rest[end..].Count((byte)'"');
            if (quotes % 2 == 0) return end + 1;
            rest = rest[..end];
        }
    }

    private int FirstLineLength()
    {
        int end = _buffer.AsSpan(0, _length).IndexOf((byte)'\n');
        return end < 0 ? _length : end + 1;
    }

    private void Grow()
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
