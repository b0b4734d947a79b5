using System.Buffers;
using CityPerception.Core.Observations;
using CityPerception.Storage.Spooling;
using Microsoft.Extensions.Logging;

namespace CityPerception.Storage.DeadLetters;

/// <summary>The dead letters on disk: appended by whoever refuses something, read by operators, bounded by size and age.</summary>
public sealed class DeadLetterLog : IAsyncDisposable
{
    private const double WarnAt = 0.8, TrimTo = 0.95;
    private const int Pages = 8, SegmentsOf = 16;
    private readonly DeadLetterOptions _options;
    private readonly TimeProvider _clock;
    private readonly StorageMetrics _metrics;
    private readonly ILogger<DeadLetterLog> _logger;
    private readonly ReopenableLog _log;
    private readonly DeadLetterReader _reader;
    private readonly Lock _trimming = new();
    private bool _warned;

    internal DeadLetterLog(DurableLogSettings settings, DeadLetterOptions options, TimeProvider clock, StorageMetrics metrics, ILogger<DeadLetterLog> logger)
    {
        (_options, _clock, _metrics, _logger) = (options, clock, metrics, logger);
        _log = new ReopenableLog(settings, clock, logger);
        _reader = new DeadLetterReader(settings.Directory);
        Trim();
    }

    /// <summary>What the letters occupy.</summary>
    public long Bytes => _log.Log.Bytes;

    /// <summary>Why the last letter could not be written; the next one tries again. Null while all is well.</summary>
    public SpoolFailedException? Failure => _log.Log.Failure;

    /// <summary>Opens the letters in a directory, created if missing.</summary>
    /// <exception cref="SpoolInUseException">Another process writes there. Reading needs no opening: <see cref="DeadLetterReader"/>.</exception>
    public static DeadLetterLog Open(string directory, DeadLetterOptions options, TimeProvider clock, StorageMetrics metrics, ILogger<DeadLetterLog> logger) =>
        new(new DurableLogSettings
        {
            Directory = directory,
            PageBytes = Spool.PageBytes,
            MemoryBytes = Pages * Spool.PageBytes,
            SegmentBytes = Math.Max(Spool.PageBytes, (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)options.MaxBytes / SegmentsOf)),
            // Trimming keeps the limit. The log's own only holds back who appends while the disk cannot follow.
            MaxBytes = options.MaxBytes + Pages * Spool.PageBytes,
        }, options, clock, metrics, logger);

    /// <summary>Appends a letter, also after the disk has failed and works again.</summary>
    /// <returns>What to wait for with <see cref="WaitDurableAsync"/>.</returns>
    /// <exception cref="IOException">The disk fails.</exception>
    public async ValueTask<long> AppendAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        if (_log.Log.Failure is not null) await _log.ReopenAsync(cancellationToken);
        if (Bytes > _options.MaxBytes) Trim();
        WarnIfFilling();

        ReadOnlyMemory<byte> json = DeadLetterFormat.ToJson(letter);
        int partBytes = _log.Log.MaxBodyBytes / 4;
        int parts = Math.Max(1, (json.Length + partBytes - 1) / partBytes);
        long receipt = 0;
        byte[] record = ArrayPool<byte>.Shared.Rent(DeadLetterFormat.PartHeadBytes + Math.Min(json.Length, partBytes));
        try
        {
            for (int part = 0; part < parts; part++)
            {
                ReadOnlyMemory<byte> slice = json.Slice(part * partBytes, Math.Min(partBytes, json.Length - part * partBytes));
                DeadLetterFormat.WritePartHead(record, letter.Id, part, parts);
                slice.CopyTo(record.AsMemory(DeadLetterFormat.PartHeadBytes));
                var head = new RecordHead(RecordKind.DeadLetter, part == 0 ? 1 : 0, letter.Time.ToUnixNs());
                while (!_log.TryAppend(head, record.AsSpan(0, DeadLetterFormat.PartHeadBytes + slice.Length), out receipt))
                    await _log.Log.WaitForRoomAsync(cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(record);
        }

        _metrics.LetterWritten(letter.Reason);
        return receipt;
    }

    /// <summary>Completes when the letter that <see cref="AppendAsync"/> returned this for is on the disk.</summary>
    /// <exception cref="SpoolFailedException">It is not: append it again.</exception>
    public ValueTask WaitDurableAsync(long receipt, CancellationToken cancellationToken) => _log.WaitDurableAsync(receipt, cancellationToken);

    /// <summary>The durable letters that a filter asks for.</summary>
    public Task<DeadLetterPage> ReadAsync(DeadLetterFilter filter, CancellationToken cancellationToken) =>
        Task.Run(() => _reader.Read(filter, cancellationToken), cancellationToken);

    /// <summary>The letter with an id, or null.</summary>
    public Task<DeadLetter?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        Task.Run(() => _reader.Find(id, cancellationToken), cancellationToken);

    /// <summary>Removes the oldest letters as far as size and age ask for it. Returns how many.</summary>
    public int Trim()
    {
        lock (_trimming)
        {
            DurableLog log = _log.Log;
            long tooOld = (_clock.GetUtcNow() - _options.MaxAge).ToUnixNs();
            long keep = log.Bytes > _options.MaxBytes ? (long)(_options.MaxBytes * TrimTo) : long.MaxValue;
            long cut = log.BeginAddress, end = log.DurableAddress;
            int removed = 0;
            using LogReader reader = log.ReadFrom(cut);
            while (reader.TryRead(end, committed: true, out LogItem item))
            {
                bool tooMuch = log.TailAddress - item.Address > keep;
                if (!tooMuch && item.Head.ReceivedNs >= tooOld) break;
                cut = item.NextAddress;
                removed += item.Head.Count; // the first part of a letter counts one
            }

            if (cut == log.BeginAddress) return 0;
            _log.Truncate(cut);
            if (removed > 0)
            {
                _metrics.LettersRemoved(removed);
                _logger.LettersRemoved(removed, _options.MaxBytes, _options.MaxAge);
            }

            return removed;
        }
    }

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    private void WarnIfFilling()
    {
        bool filling = Bytes > WarnAt * _options.MaxBytes;
        if (filling && !_warned) _logger.LettersFilling(Bytes, _options.MaxBytes);
        _warned = filling;
    }
}
