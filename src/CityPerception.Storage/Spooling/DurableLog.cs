using System.Buffers;
using FASTER.core;
using Microsoft.Extensions.Logging;

namespace CityPerception.Storage.Spooling;

/// <summary>
/// An append-only log on disk, over FasterLog: many threads append, one loop makes durable whatever has come since it
/// last did, and readers see only what is durable. Once the disk fails the log takes nothing more; opening it again
/// finds everything that was reported durable.
/// </summary>
/// <remarks>
/// FasterLog gives addresses and pages to concurrent writers and flushes them in order. What it would do less well is
/// here: recovery and reading after damage (<see cref="LogRecovery"/>, <see cref="LogReader"/>), the disk
/// (<see cref="SegmentDevice"/>) and waiting (below). See docs/decisions/0002-spool-on-fasterlog.md.
/// </remarks>
internal sealed class DurableLog : IAsyncDisposable
{
    /// <summary>Where the first record of a new log lies: FasterLog keeps the addresses before it for itself.</summary>
    public const long FirstAddress = 64;

    private readonly DurableLogSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly LogLock _lock;
    private readonly LogCheckpointFile _checkpoints;
    private readonly SegmentDevice _device;
    private readonly FasterLog _log;
    private readonly Lock _closingGate = new();
    private readonly Signal _work = new();
    private readonly CancellationTokenSource _stopped = new(); // failed or closing: nothing must wait for the disk any more
    private readonly CommitRounds _rounds;
    private readonly Task _commits;

    private long _checkpointed, _checkpointedBegin, _checkpointSynced; // of the loop alone
    private SpoolFailedException? _failure;
    private volatile bool _memoryFull, _closing;

    private DurableLog(DurableLogSettings settings, TimeProvider clock, ILogger logger, LogLock taken, LogCheckpointFile checkpoints, RecoveredLog recovered)
    {
        (_settings, _clock, _logger, _lock, _checkpoints) = (settings, clock, logger, taken, checkpoints);
        _device = settings.CreateDevice(settings.Directory);
        try
        {
            _log = FasterLogs.Open(settings, _device, recovered);
            _rounds = new CommitRounds(recovered.Tail);
            WriteCheckpoint(clean: false, sync: true);
        }
        catch
        {
            _device.Dispose();
            _log?.Dispose();
            throw;
        }

        _device.OnFailure = () => Fail(_device.Failure!);
        _commits = Task.Run(CommitLoopAsync);
    }

    public string Directory => _settings.Directory;

    public long SegmentBytes => _settings.SegmentBytes;

    /// <summary>The largest body that a record can have.</summary>
    public int MaxBodyBytes => _settings.PageBytes - (int)FirstAddress - RecordFormat.EntryBytes(0);

    public long BeginAddress => _log.BeginAddress;

    /// <summary>Everything before is on the disk.</summary>
    public long DurableAddress => _rounds.Durable;

    public long TailAddress => _log.TailAddress;

    /// <summary>What lies between begin and tail, padding included.</summary>
    public long Bytes => Math.Max(0, TailAddress - BeginAddress);

    /// <summary>Whether it has reached its limit, so that only <see cref="Truncate"/> makes room. Memory that is full the disk frees.</summary>
    public bool IsFull => !IsBelowLimit(_settings.PageBytes);

    /// <summary>Why the log takes nothing more; null while it does.</summary>
    public SpoolFailedException? Failure => Volatile.Read(ref _failure);

    /// <summary>Opens the log in a directory, created if missing, and cuts off what a crash left unfinished.</summary>
    /// <param name="settings">What it is made of.</param>
    /// <param name="clock">For intervals.</param>
    /// <param name="logger">Is told what recovery found.</param>
    /// <param name="done">What a log that failed here in this process was truncated to.</param>
    /// <exception cref="SpoolInUseException">Somebody else has it open.</exception>
    public static DurableLog Open(DurableLogSettings settings, TimeProvider clock, ILogger logger, long done = 0)
    {
        System.IO.Directory.CreateDirectory(settings.Directory);
        LogLock taken = LogLock.Take(settings.Directory);
        LogCheckpointFile? checkpoints = null;
        try
        {
            checkpoints = LogCheckpointFile.Open(settings.Directory, out LogCheckpoint? last);
            if (last is { } old) settings = settings with { SegmentBytes = old.SegmentBytes, PageBytes = old.PageBytes };
            long began = clock.GetTimestamp();
            RecoveredLog recovered = new LogRecovery(settings.Directory, settings.SegmentBytes, settings.PageBytes).Run(last, done);
            if (recovered.CutBytes > 0) logger.TailCut(settings.Directory, recovered.CutBytes);
            var log = new DurableLog(settings, clock, logger, taken, checkpoints, recovered);
            logger.LogOpened(settings.Directory, log.Bytes, clock.GetElapsedTime(began).TotalMilliseconds);
            return log;
        }
        catch
        {
            checkpoints?.Dispose();
            taken.Dispose();
            throw;
        }
    }

    /// <summary>Appends one record. Returns false when there is no room: see <see cref="WaitForRoomAsync"/>.</summary>
    /// <param name="head">Kind, count and time.</param>
    /// <param name="body">The body, at most <see cref="MaxBodyBytes"/>. Copied; nothing is allocated.</param>
    /// <param name="end">What to wait for with <see cref="WaitDurableAsync"/>.</param>
    /// <param name="begun">Whether it goes on with what was begun while there was room: then only memory holds it back, which the disk frees.</param>
    /// <exception cref="SpoolFailedException">The log has failed.</exception>
    public bool TryAppend(RecordHead head, ReadOnlySpan<byte> body, out long end, bool begun = false)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(body.Length, MaxBodyBytes);
        if (Failure is { } failure) throw failure;
        ObjectDisposedException.ThrowIf(_closing, this);

        end = 0;
        int entry = RecordFormat.EntryBytes(body.Length);
        if (!HasMemory() || (!begun && !IsBelowLimit(entry))) return false;

        byte[] record = ArrayPool<byte>.Shared.Rent(RecordFormat.HeadBytes + body.Length);
        try
        {
            RecordFormat.Write(record, head, body);
            if (!_log.TryEnqueue(record.AsSpan(0, RecordFormat.HeadBytes + body.Length), out long address))
            {
                _memoryFull = true; // until the commit that is asked for here
                return false;
            }

            end = address + entry;
            return true;
        }
        catch (CommitFailureException e)
        {
            throw Fail(_device.Failure ?? e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(record);
            _work.Set();
        }
    }

    /// <summary>Completes when everything before the address is on the disk.</summary>
    /// <exception cref="SpoolFailedException">It is not, and cannot be known ever to be.</exception>
    public ValueTask WaitDurableAsync(long address, CancellationToken cancellationToken)
    {
        if (address <= DurableAddress) return ValueTask.CompletedTask;

        Task round = _rounds.WaitAsync(address);
        _work.Set();
        return new ValueTask(round.WaitAsync(cancellationToken));
    }

    /// <summary>Completes when the log is below its limit.</summary>
    /// <exception cref="SpoolFailedException">The log has failed.</exception>
    public async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        int page = _settings.PageBytes; // room for any record, so that the next attempt succeeds
        while (!HasMemory() || !IsBelowLimit(page))
        {
            Task progress = _rounds.NextProgress();
            if (HasMemory() && IsBelowLimit(page)) return;
            await progress.WaitAsync(cancellationToken);
        }

        if (Failure is { } failure) throw failure;
    }

    /// <summary>Completes when there is something durable after the address.</summary>
    /// <exception cref="SpoolFailedException">The log has failed.</exception>
    /// <exception cref="ObjectDisposedException">The log is closed.</exception>
    public async ValueTask WaitBeyondAsync(long address, CancellationToken cancellationToken)
    {
        while (DurableAddress <= address)
        {
            Task progress = _rounds.NextProgress();
            if (DurableAddress > address) return;
            await progress.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Everything before the address is done with. Segments that end before it are deleted.</summary>
    /// <remarks>Written down with the next commit, and not synced: after a crash some of it is delivered again.</remarks>
    public void Truncate(long address)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(address, DurableAddress);
        lock (_closingGate)
        {
            if (_closing) return; // failed and about to be opened again: the next opening is told
            _log.TruncateUntil(address);
            _work.Set();
        }
    }

    /// <summary>Takes nothing from the start, because the disk does not. What is there can be read and truncated.</summary>
    public void Refuse(Exception reason) => End(new SpoolFailedException(Directory, reason));

    /// <summary>A reader of its own, from an address where a record or a page begins.</summary>
    public LogReader ReadFrom(long address) => new(new SegmentFiles(Directory, _settings.SegmentBytes), _settings.PageBytes, address);

    /// <summary>Commits what has been appended and closes. Whoever appends must have stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_closingGate)
        {
            if (_closing) return;
            _closing = true;
            _work.Set();
        }

        await _commits;
        try
        {
            if (Failure is null) WriteCheckpoint(clean: true, sync: true);
        }
        catch (IOException e)
        {
            Fail(e); // the checkpoint before stands
        }

        _rounds.End(new ObjectDisposedException(Directory));
        await _stopped.CancelAsync();
        _device.Dispose(); // before FasterLog, whose pages it may still be writing
        _log.Dispose();
        _checkpoints.Dispose();
        _lock.Dispose();
        _work.Dispose();
        _stopped.Dispose();
    }

    // The numbers below may be stale by what other threads append at this moment: a limit is passed by so much at most.
    private bool IsBelowLimit(int entry) => Bytes + entry <= _settings.MaxBytes;

    // FasterLog cannot turn to a page whose memory is not flushed yet, so the last two pages count as full.
    private bool HasMemory() => !_memoryFull && TailAddress - DurableAddress < _settings.MemoryBytes - 2 * _settings.PageBytes;

    private async Task CommitLoopAsync()
    {
        try
        {
            while (!_closing && Failure is null)
            {
                await _work.WaitAsync();
                if (_settings.CommitInterval > TimeSpan.Zero && !_closing) await Task.Delay(_settings.CommitInterval, _clock);
                await CommitAsync();
            }

            if (Failure is null) await CommitAsync(); // what came after the last round had begun
        }
        catch (Exception e)
        {
            Fail(_device.Failure ?? e);
        }
    }

    private async ValueTask CommitAsync()
    {
        _rounds.Begin(() => _log.TailAddress);
        if (_log.TailAddress > _log.CommittedUntilAddress || _log.BeginAddress > _log.CommittedBeginAddress)
            await _log.CommitAsync(_stopped.Token);

        _memoryFull = false;
        _rounds.Complete(_log.CommittedUntilAddress);
        if (_log.BeginAddress > _checkpointedBegin || DurableAddress - _checkpointed >= _settings.CheckpointBytes) WriteCheckpoint(clean: false, sync: false);
    }

    private void WriteCheckpoint(bool clean, bool sync)
    {
        // A second's worth of repetition after a power cut is what an fsync less per batch costs.
        sync |= _clock.GetElapsedTime(_checkpointSynced) >= TimeSpan.FromSeconds(1);
        if (sync) _checkpointSynced = _clock.GetTimestamp();

        _checkpointedBegin = _log.BeginAddress;
        _checkpointed = DurableAddress;
        _checkpoints.Write(new LogCheckpoint(_checkpointedBegin, _checkpointed, _settings.SegmentBytes, _settings.PageBytes, clean), sync);
    }

    private SpoolFailedException Fail(Exception reason)
    {
        var failure = new SpoolFailedException(Directory, reason);
        if (End(failure) is var first && first == failure) _logger.LogFailed(Directory, reason);
        return first;
    }

    private SpoolFailedException End(SpoolFailedException failure)
    {
        if (Interlocked.CompareExchange(ref _failure, failure, null) is { } first) return first;
        _rounds.End(failure);
        _stopped.Cancel();
        _work.Set();
        return failure;
    }
}
