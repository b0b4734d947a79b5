using System.Buffers;
using System.Collections.Concurrent;
using CityPerception.Core.Mapping;

namespace CityPerception.Sources.Mqtt.Lane;

/// <summary>What is needed to map a read and append it. Lent, so that ten thousand connections at rest have none.</summary>
internal sealed class LaneWork
{
    private byte[] _contiguous = [];

    public LaneBatch Batch { get; } = new();

    public MappingRun Run { get; } = new();

    /// <summary>The buffer in one piece, copied if it is in several.</summary>
    public ReadOnlySpan<byte> InOnePiece(in ReadOnlySequence<byte> buffer)
    {
        if (buffer.IsSingleSegment) return buffer.FirstSpan;
        int length = (int)buffer.Length;
        if (_contiguous.Length < length) _contiguous = new byte[Math.Max(length, 64 * 1024)];
        buffer.CopyTo(_contiguous);
        return _contiguous.AsSpan(0, length);
    }
}

/// <summary>
/// Lends <see cref="LaneWork"/>. A connection keeps its own only from the mapping to the append; while the spool is full
/// it waits with it, and so there are no more than <see cref="Max"/>: whoever gets none waits with what it has not read.
/// </summary>
internal sealed class LaneWorks : IDisposable
{
    // Far more than there are processors, and with the largest messages some 20 MB.
    private const int Max = 64;

    private readonly SemaphoreSlim _free = new(Max);
    private readonly ConcurrentBag<LaneWork> _idle = [];

    public async ValueTask<LaneWork> RentAsync(CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        return _idle.TryTake(out LaneWork? work) ? work : new LaneWork();
    }

    public void Return(LaneWork work)
    {
        _idle.Add(work);
        _free.Release();
    }

    public void Dispose() => _free.Dispose();
}
