using Microsoft.Extensions.Logging;

namespace CityPerception.Storage.Spooling;

/// <summary>A <see cref="DurableLog"/> that can be opened again after its disk failed, under the feet of who uses it.</summary>
/// <remarks>
/// What an append returns carries the number of the opening in its upper bits. After a reopening the same address may
/// hold something else, or nothing, and be durable: without the number, a sender that waits late would be told that
/// its lost record is safe.
/// </remarks>
internal sealed class ReopenableLog : IAsyncDisposable
{
    private const int AddressBits = 48; // 256 TiB of log, 32,767 openings of one process
    private readonly DurableLogSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _reopening = new(1);
    private readonly Lock _doneGate = new();
    private TaskCompletionSource _reopened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Opening _current;
    private long _done;

    public ReopenableLog(DurableLogSettings settings, TimeProvider clock, ILogger logger)
    {
        (_settings, _clock, _logger) = (settings, clock, logger);
        _current = new Opening(DurableLog.Open(settings, clock, logger), 0);
    }

    /// <summary>
    /// A receipt that is durable only when both are; 0 stands for nothing to wait for. Where the log was opened again
    /// between the two, that is the older one, which never becomes durable: what it stands for may be lost.
    /// </summary>
    public static long Both(long first, long second) => first == 0 || second == 0 || first >> AddressBits == second >> AddressBits
        ? Math.Max(first, second)
        : Math.Min(first, second);

    public DurableLog Log => Volatile.Read(ref _current).Log;

    public bool TryAppend(RecordHead head, ReadOnlySpan<byte> body, out long receipt, bool begun = false)
    {
        Opening opening = Volatile.Read(ref _current);
        if (!opening.Log.TryAppend(head, body, out receipt, begun)) return false;
        receipt |= opening.Number << AddressBits;
        return true;
    }

    public ValueTask WaitDurableAsync(long receipt, CancellationToken cancellationToken)
    {
        Opening opening = Volatile.Read(ref _current);
        if (receipt >> AddressBits == opening.Number) return opening.Log.WaitDurableAsync(receipt & ((1L << AddressBits) - 1), cancellationToken);

        var reason = new IOException("the disk failed before this was durable, and the log has been opened again since");
        return ValueTask.FromException(new SpoolFailedException(_settings.Directory, reason));
    }

    /// <summary>Everything before the address is done with, also while the disk fails.</summary>
    public void Truncate(long address)
    {
        lock (_doneGate) _done = Math.Max(_done, address);
        Log.Truncate(address);
    }

    /// <summary>After a failure: opens the files anew, with everything that was reported durable. Otherwise does nothing.</summary>
    /// <exception cref="IOException">The disk still fails.</exception>
    public async Task ReopenAsync(CancellationToken cancellationToken)
    {
        await _reopening.WaitAsync(cancellationToken);
        try
        {
            Opening failed = _current;
            if (failed.Log.Failure is null) return;
            long done = Volatile.Read(ref _done);
            if (failed.RefusedAt == done) Probe(); // or nothing has changed

            await failed.Log.DisposeAsync();
            DurableLog opened = DurableLog.Open(_settings, _clock, _logger, done);
            Exception? refusal = null;
            try
            {
                Probe(); // only now that what is done with is deleted
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It is opened all the same, to be read: on a disk that the log itself has filled, that is what makes room.
                opened.Refuse(refusal = e);
            }

            Volatile.Write(ref _current, new Opening(opened, failed.Number + 1, refusal is null ? null : done));
            TaskCompletionSource reopened = Interlocked.Exchange(ref _reopened, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            reopened.SetResult();
            if (refusal is not null) throw new IOException(refusal.Message, refusal);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e); // as some disks that have become read-only say it
        }
        finally
        {
            _reopening.Release();
        }
    }

    /// <summary>Completes when another opening has taken the place of a failed one.</summary>
    public async Task WaitReopenedAsync(DurableLog failed, CancellationToken cancellationToken)
    {
        while (ReferenceEquals(Log, failed))
        {
            Task reopened = Volatile.Read(ref _reopened).Task;
            if (!ReferenceEquals(Log, failed)) return;
            await reopened.WaitAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Log.DisposeAsync();
        _reopened.TrySetException(new ObjectDisposedException(_settings.Directory));
        _ = _reopened.Task.Exception; // seen: nobody may be waiting
    }

    private void Probe() => DiskProbe.Run(_settings.Directory, _settings.PageBytes);

    /// <param name="Log">The log.</param>
    /// <param name="Number">Of the opening.</param>
    /// <param name="RefusedAt">What was done with when it was opened on a disk that takes nothing; null if it was not so.</param>
    private sealed record Opening(DurableLog Log, long Number, long? RefusedAt = null);
}
