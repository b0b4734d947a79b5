using System.Threading.Channels;
using CityPerception.Core.LineProtocol;

namespace CityPerception.Storage.Dispatch;

/// <summary>Lines on their way to one write.</summary>
internal sealed class DispatchBatch(int capacity, long begunAt)
{
    private readonly LineBuffer _lines = new(capacity);

    /// <summary>When the first line came, as a timestamp of the clock.</summary>
    public long BegunAt => begunAt;

    public LineBatch Batch => new(_lines.WrittenMemory, _lines.LineCount);

    public bool IsFull(int nextLine, DispatcherOptions options) =>
        _lines.LineCount >= options.BatchLines || (_lines.LineCount > 0 && _lines.Length + nextLine > options.BatchBytes);

    public void Add(ReadOnlySpan<byte> line)
    {
        _lines.Write(line);
        _lines.EndLine();
    }
}

/// <summary>A part of all series, written in order, one batch at a time.</summary>
internal sealed class DispatchLane
{
    // With the one being gathered and the one being written: four batches.
    private const int QueuedBatches = 2;

    private readonly Channel<DispatchBatch> _queue = Channel.CreateBounded<DispatchBatch>(
        new BoundedChannelOptions(QueuedBatches) { SingleReader = true, SingleWriter = true });

    public ChannelReader<DispatchBatch> Queue => _queue.Reader;

    /// <summary>What the reader is gathering; null if nothing. The reader's alone.</summary>
    public DispatchBatch? Gathering { get; set; }

    /// <summary>Hands over what has been gathered; waits while the lane is full.</summary>
    public async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        if (Gathering is not { } batch) return;
        await _queue.Writer.WriteAsync(batch, cancellationToken);
        Gathering = null;
    }

    public void Complete() => _queue.Writer.TryComplete();
}
