using CityPerception.Core.Observations;
using Microsoft.Extensions.Logging;

namespace CityPerception.Storage.Spooling;

/// <summary>
/// What is acknowledged and not yet stored: line protocol on disk, in the order in which it came. A source appends,
/// waits until that is durable, and acknowledges; the dispatcher reads, stores, and truncates.
/// </summary>
/// <remarks>Appending and waiting may be done by any number of threads; there is one reader.</remarks>
public sealed class Spool : IAsyncDisposable
{
    // Small against a segment, so that little of a page is lost where a record does not fit any more, and large
    // against a message.
    internal const int PageBytes = 1 << 20;

    private readonly ReopenableLog _log;
    private readonly TimeProvider _clock;
    private readonly int _chunkBytes;
    private long _linesAppended;

    internal Spool(DurableLogSettings settings, TimeProvider clock, ILogger<Spool> logger)
    {
        _clock = clock;
        _log = new ReopenableLog(settings, clock, logger);
        RecoveredEnd = Log.DurableAddress;
        _chunkBytes = Log.MaxBodyBytes / 4; // what does not fit on a page any more wastes a quarter of it at most
    }

    /// <summary>The longest line, with its <c>\n</c>, that a record holds.</summary>
    public int MaxLineBytes => Log.MaxBodyBytes;

    /// <summary>What waits, and the padding between; as compared with <see cref="SpoolOptions.MaxBytes"/>.</summary>
    public long Bytes => Log.Bytes;

    /// <summary>Whether it waits for the store to take something off it, and not for the disk.</summary>
    public bool IsFull => Log.IsFull;

    /// <summary>Everything before is on the disk.</summary>
    public long DurableAddress => Log.DurableAddress;

    /// <summary>Everything before is done with.</summary>
    public long BeginAddress => Log.BeginAddress;

    /// <summary>What lies before was left by an earlier run; what comes after was appended by this one.</summary>
    internal long RecoveredEnd { get; }

    /// <summary>How many lines have been appended by this process.</summary>
    public long LinesAppended => Volatile.Read(ref _linesAppended);

    /// <summary>Why nothing can be appended; null while it can.</summary>
    public SpoolFailedException? Failure => Log.Failure;

    internal DurableLog Log => _log.Log;

    /// <summary>Opens the spool in a directory, created if missing.</summary>
    /// <exception cref="SpoolInUseException">Somebody else has it open.</exception>
    public static Spool Open(string directory, SpoolOptions options, TimeProvider clock, ILogger<Spool> logger) =>
        new(new DurableLogSettings
        {
            Directory = directory,
            SegmentBytes = options.SegmentBytes,
            MemoryBytes = options.MemoryBytes,
            PageBytes = PageBytes,
            MaxBytes = options.MaxBytes,
            CommitInterval = options.CommitInterval,
        }, clock, logger);

    /// <summary>Appends lines. Returns false when there is no room: see <see cref="WaitForRoomAsync"/>.</summary>
    /// <param name="lines">One or more whole lines, each ended by <c>\n</c> and at most <see cref="MaxLineBytes"/> long.</param>
    /// <param name="lineCount">How many.</param>
    /// <param name="receivedNs">When they came, ns since 1970.</param>
    /// <param name="receipt">What to wait for with <see cref="WaitDurableAsync"/> before acknowledging.</param>
    /// <exception cref="SpoolFailedException">The disk has failed.</exception>
    public bool TryAppend(ReadOnlySpan<byte> lines, int lineCount, long receivedNs, out long receipt)
    {
        bool appended = lines.Length <= _chunkBytes
            ? _log.TryAppend(new RecordHead(RecordKind.Lines, lineCount, receivedNs), lines, out receipt)
            : TryAppendInChunks(lines, receivedNs, out receipt);
        if (appended) Interlocked.Add(ref _linesAppended, lineCount);
        return appended;
    }

    /// <summary>Completes when what an append returned this for is on the disk.</summary>
    /// <exception cref="SpoolFailedException">It is not: do not acknowledge, the sender must send it again.</exception>
    public ValueTask WaitDurableAsync(long receipt, CancellationToken cancellationToken) => _log.WaitDurableAsync(receipt, cancellationToken);

    /// <summary>A receipt that is durable when both are; 0 stands for nothing to wait for.</summary>
    public static long Both(long first, long second) => ReopenableLog.Both(first, second);

    /// <summary>Completes when the spool takes lines again.</summary>
    /// <exception cref="SpoolFailedException">The disk has failed.</exception>
    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => Log.WaitForRoomAsync(cancellationToken);

    /// <summary>Everything before the address is stored and need not be read again.</summary>
    public void Truncate(long address) => _log.Truncate(address);

    /// <summary>The one reader.</summary>
    public SpoolReader OpenReader() => new(this);

    /// <summary>How long the oldest record has been waiting; zero if none is. Reads the disk: for metrics, not for each message.</summary>
    public TimeSpan OldestAge()
    {
        DurableLog log = Log;
        using LogReader reader = log.ReadFrom(log.BeginAddress);
        while (reader.TryRead(log.DurableAddress, committed: true, out LogItem item))
        {
            if (item.Damaged) continue;
            TimeSpan age = TimeSpan.FromTicks((_clock.UnixNs() - item.Head.ReceivedNs) / ObservationTime.NsPerTick);
            return age > TimeSpan.Zero ? age : TimeSpan.Zero;
        }

        return TimeSpan.Zero;
    }

    /// <summary>After a failure: opens the files anew, with everything that was reported durable. Otherwise does nothing.</summary>
    /// <exception cref="IOException">The disk still fails.</exception>
    public Task ReopenAsync(CancellationToken cancellationToken) => _log.ReopenAsync(cancellationToken);

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    internal Task WaitReopenedAsync(DurableLog failed, CancellationToken cancellationToken) => _log.WaitReopenedAsync(failed, cancellationToken);

    // Not atomic: if the disk fails between two chunks, the first may be found later. Nobody acknowledged it, and
    // sent again it is the same points. Once begun it passes the limit rather than wait for the store in the middle:
    // nobody could tell its sender how long that takes.
    private bool TryAppendInChunks(ReadOnlySpan<byte> lines, long receivedNs, out long receipt)
    {
        receipt = 0;
        while (!lines.IsEmpty)
        {
            ReadOnlySpan<byte> chunk = lines[..ChunkLength(lines)];
            var head = new RecordHead(RecordKind.Lines, chunk.Count((byte)'\n'), receivedNs);
            long chunkReceipt;
            while (!_log.TryAppend(head, chunk, out chunkReceipt, begun: receipt != 0))
            {
                if (receipt == 0) return false;
                Thread.Yield(); // the disk frees memory, or fails and throws
            }

            lines = lines[chunk.Length..];
            receipt = Both(receipt, chunkReceipt);
        }

        return true;
    }

    private int ChunkLength(ReadOnlySpan<byte> lines)
    {
        if (lines.Length <= _chunkBytes) return lines.Length;
        int cut = lines[.._chunkBytes].LastIndexOf((byte)'\n');
        if (cut < 0) cut = lines.IndexOf((byte)'\n'); // one long line
        return cut < 0 ? lines.Length : cut + 1;
    }
}
