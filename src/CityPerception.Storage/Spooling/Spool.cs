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

    private readonly DurableLogSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ILogger<Spool> _logger;
    private readonly SemaphoreSlim _reopening = new(1);
    private readonly int _chunkBytes;
    private TaskCompletionSource _reopened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DurableLog _log;
    private long _linesAppended;

    internal Spool(DurableLogSettings settings, TimeProvider clock, ILogger<Spool> logger)
    {
        (_settings, _clock, _logger) = (settings, clock, logger);
        _log = DurableLog.Open(settings, clock, logger);
        _chunkBytes = _log.MaxBodyBytes / 4; // what does not fit on a page any more wastes a quarter of it at most
    }

    /// <summary>The longest line, with its <c>\n</c>, that a record holds.</summary>
    public int MaxLineBytes => Log.MaxBodyBytes;

    /// <summary>What waits, and the padding between; as compared with <see cref="SpoolOptions.MaxBytes"/>.</summary>
    public long Bytes => Log.Bytes;

    /// <summary>Everything before is on the disk.</summary>
    public long DurableAddress => Log.DurableAddress;

    /// <summary>Everything before is done with.</summary>
    public long BeginAddress => Log.BeginAddress;

    /// <summary>How many lines have been appended by this process.</summary>
    public long LinesAppended => Volatile.Read(ref _linesAppended);

    /// <summary>Why nothing can be appended; null while it can.</summary>
    public SpoolFailedException? Failure => Log.Failure;

    internal DurableLog Log => Volatile.Read(ref _log);

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
    /// <param name="address">What to wait for with <see cref="WaitDurableAsync"/> before acknowledging.</param>
    /// <exception cref="SpoolFailedException">The disk has failed.</exception>
    public bool TryAppend(ReadOnlySpan<byte> lines, int lineCount, long receivedNs, out long address)
    {
        bool appended = lines.Length <= _chunkBytes
            ? Log.TryAppend(new RecordHead(RecordKind.Lines, lineCount, receivedNs), lines, out address)
            : TryAppendInChunks(lines, receivedNs, out address);
        if (appended) Interlocked.Add(ref _linesAppended, lineCount);
        return appended;
    }

    /// <summary>Completes when everything appended before the address is on the disk.</summary>
    /// <exception cref="SpoolFailedException">It is not: do not acknowledge, the sender must send it again.</exception>
    public ValueTask WaitDurableAsync(long address, CancellationToken cancellationToken) => Log.WaitDurableAsync(address, cancellationToken);

    /// <summary>Completes when the spool takes lines again.</summary>
    /// <exception cref="SpoolFailedException">The disk has failed.</exception>
    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => Log.WaitForRoomAsync(cancellationToken);

    /// <summary>Everything before the address is stored and need not be read again.</summary>
    public void Truncate(long address) => Log.Truncate(address);

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
    public async Task ReopenAsync(CancellationToken cancellationToken)
    {
        await _reopening.WaitAsync(cancellationToken);
        try
        {
            if (Failure is null) return;
            await Log.DisposeAsync();
            Volatile.Write(ref _log, DurableLog.Open(_settings, _clock, _logger));
            _reopened.SetResult();
            _reopened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        finally
        {
            _reopening.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Log.DisposeAsync();
        _reopened.TrySetException(new ObjectDisposedException(nameof(Spool)));
        _ = _reopened.Task.Exception;
    }

    internal async Task WaitReopenedAsync(DurableLog failed, CancellationToken cancellationToken)
    {
        while (ReferenceEquals(Log, failed))
        {
            Task reopened = Volatile.Read(ref _reopened).Task;
            if (!ReferenceEquals(Log, failed)) return;
            await reopened.WaitAsync(cancellationToken);
        }
    }

    // Not atomic: if the disk fails between two chunks, the first may be found later. Nobody acknowledged it, and
    // sent again it is the same points.
    private bool TryAppendInChunks(ReadOnlySpan<byte> lines, long receivedNs, out long address)
    {
        address = 0;
        bool first = true;
        while (!lines.IsEmpty)
        {
            ReadOnlySpan<byte> chunk = lines[..ChunkLength(lines)];
            var head = new RecordHead(RecordKind.Lines, chunk.Count((byte)'\n'), receivedNs);
            while (!Log.TryAppend(head, chunk, out address))
            {
                if (first) return false;
                Thread.Yield(); // begun is done: the disk makes room, or fails and throws
            }

            lines = lines[chunk.Length..];
            first = false;
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
