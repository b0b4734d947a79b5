using System.Collections.Concurrent;
using System.Threading.Channels;
using CityPerception.Core.LineProtocol;

namespace CityPerception.Storage.Dispatch;

/// <summary>Lines on their way to one write.</summary>
internal sealed class DispatchBatch(LineBuffer lines, long begunAt)
{
    public LineBuffer Lines => lines;

    /// <summary>When the first line came, as a timestamp of the clock.</summary>
    public long BegunAt => begunAt;

    public LineBatch Batch => new(lines.WrittenMemory, lines.LineCount);

    public bool IsFull(int nextLine, int maxLines, int maxBytes) =>
        lines.LineCount >= maxLines || (lines.LineCount > 0 && lines.Length + nextLine > maxBytes);

    public void Add(ReadOnlySpan<byte> line)
    {
        lines.Write(line);
        lines.EndLine();
    }
}

/// <summary>A part of all series, written in order, one batch at a time.</summary>
internal sealed class DispatchLane
{
    // With the one being gathered and the one being written: four batches.
    private const int QueuedBatches = 2;

    private readonly Channel<DispatchBatch> _queue = Channel.CreateBounded<DispatchBatch>(
        new BoundedChannelOptions(QueuedBatches) { SingleReader = true, SingleWriter = true });

    private readonly ConcurrentQueue<LineBuffer> _free = []; // never more than there are batches

    public ChannelReader<DispatchBatch> Queue => _queue.Reader;

    /// <summary>What the reader is gathering; null if nothing. The reader's alone.</summary>
    public DispatchBatch? Gathering { get; private set; }

    /// <summary>Hands over what has been gathered; waits while the lane is full.</summary>
    public async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        if (Gathering is not { } batch) return;
        await _queue.Writer.WriteAsync(batch, cancellationToken);
        Gathering = null;
    }

    /// <summary>Begins to gather a batch.</summary>
    public DispatchBatch Begin(long now) => Gathering = new DispatchBatch(_free.TryDequeue(out LineBuffer? lines) ? lines : new LineBuffer(), now);

    /// <summary>Takes back the memory of a batch that nobody looks at any more.</summary>
    public void Recycle(DispatchBatch batch)
    {
        batch.Lines.Clear();
        _free.Enqueue(batch.Lines);
    }
}
