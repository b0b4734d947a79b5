using System.Buffers;
using CityPerception.Core.Observations;
using CityPerception.Storage.Spooling;
using Microsoft.Extensions.Logging;

namespace CityPerception.Storage.DeadLetters;

/// <summary>
/// The dead letters on disk: appended by whoever refuses something, read by operators, marked by replays, bounded by size
/// and age. See docs/decisions/0004-dead-letters.md.
/// </summary>
public sealed class DeadLetterLog : IAsyncDisposable
{
    private const int Pages = 8, SegmentsOf = 16;
    private readonly TimeProvider _clock;
    private readonly StorageMetrics _metrics;
    private readonly ReopenableLog _log;
    private readonly LetterPrivacy? _privacy;
    private readonly DeadLetterReader _reader;

    internal DeadLetterLog(
        DurableLogSettings settings, DeadLetterOptions options, TimeProvider clock, StorageMetrics metrics, ILogger<DeadLetterLog> logger, LetterPrivacy? privacy = null)
    {
        (_clock, _metrics, _privacy) = (clock, metrics, privacy);
        _log = new ReopenableLog(settings, clock, logger);
        _reader = new DeadLetterReader(settings.Directory, privacy?.Keys, () => _log.Log.BeginAddress);
        Limits = new DeadLetterLimits(_log, options, privacy?.Keys, clock, metrics, logger);
    }

    /// <summary>What the letters occupy.</summary>
    public long Bytes => _log.Log.Bytes;

    /// <summary>What they may occupy and how old they may become, and how near to that they are.</summary>
    public DeadLetterLimits Limits { get; }

    /// <summary>Why nothing can be appended; null while it can. The next append opens the files again.</summary>
    public SpoolFailedException? Failure => _log.Log.Failure;

    /// <summary>Opens the letters in a directory, created if missing.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="options">Their limits.</param>
    /// <param name="clock">Tells their age.</param>
    /// <param name="metrics">Counts them.</param>
    /// <param name="logger">Is told what is removed.</param>
    /// <param name="privacy">Encrypts those of people; without it all lie there in plain.</param>
    /// <exception cref="SpoolInUseException">Another process writes there. Reading needs no opening: <see cref="DeadLetterReader"/>.</exception>
    public static DeadLetterLog Open(
        string directory, DeadLetterOptions options, TimeProvider clock, StorageMetrics metrics, ILogger<DeadLetterLog> logger, LetterPrivacy? privacy = null) =>
        new(new DurableLogSettings
        {
            Directory = directory,
            PageBytes = Spool.PageBytes,
            MemoryBytes = Pages * Spool.PageBytes,
            SegmentBytes = Math.Max(Spool.PageBytes, (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)options.MaxBytes / SegmentsOf)),
            // Removing the oldest keeps the limit. The log's own holds back who appends while the disk, or the removing, cannot follow.
            MaxBytes = options.MaxBytes + Pages * Spool.PageBytes,
        }, options, clock, metrics, logger, privacy);

    /// <summary>Appends a letter, also after the disk has failed and works again.</summary>
    /// <returns>What to wait for with <see cref="WaitDurableAsync"/>.</returns>
    /// <exception cref="IOException">The disk fails, or there is no key for a letter of people.</exception>
    public async ValueTask<long> AppendAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        if (_log.Log.Failure is not null) await _log.ReopenAsync(cancellationToken);
        Limits.Appending();

        if (_privacy?.IsPersonal(letter) is true) letter = letter with { IsPersonal = true };
        ReadOnlyMemory<byte> json = DeadLetterFormat.ToBytes(letter, _privacy?.Keys);
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

    /// <summary>Marks letters as replayed. Call it when their observations are durable.</summary>
    /// <returns>What to wait for with <see cref="WaitDurableAsync"/>. A mark that is lost before costs a repetition.</returns>
    /// <exception cref="IOException">The disk fails.</exception>
    public async ValueTask<long> MarkReplayedAsync(IReadOnlyCollection<ReplayedLetter> letters, CancellationToken cancellationToken)
    {
        long receipt = 0;
        foreach (ReplayedLetter[] chunk in letters.Chunk(_log.Log.MaxBodyBytes / 4 / DeadLetterMarkFormat.ReplayedBytes))
        {
            byte[] body = new byte[chunk.Length * DeadLetterMarkFormat.ReplayedBytes];
            DeadLetterMarkFormat.WriteReplayed(body, chunk);
            receipt = await AppendMarkAsync(RecordKind.LettersReplayed, body, cancellationToken);
        }

        _metrics.LettersReplayed(letters.Count);
        return receipt;
    }

    /// <summary>Notes that a letter was refused again, and why. It stays open.</summary>
    /// <returns>What to wait for with <see cref="WaitDurableAsync"/>.</returns>
    /// <exception cref="IOException">The disk fails.</exception>
    public ValueTask<long> MarkRejectedAsync(DeadLetter letter, IReadOnlyList<Rejection> rejections, int count, CancellationToken cancellationToken) =>
        AppendMarkAsync(RecordKind.LetterRejected, DeadLetterMarkFormat.ToRejected(letter, rejections, count, _privacy?.Keys, _log.Log.MaxBodyBytes / 4), cancellationToken);

    /// <summary>Notes that nothing is to be made of a letter, and why. It is open no more.</summary>
    /// <returns>What to wait for with <see cref="WaitDurableAsync"/>.</returns>
    /// <exception cref="IOException">The disk fails.</exception>
    public ValueTask<long> MarkDiscardedAsync(DeadLetter letter, string why, CancellationToken cancellationToken) =>
        AppendMarkAsync(RecordKind.LetterDiscarded, DeadLetterMarkFormat.ToDiscarded(letter, why), cancellationToken);

    /// <summary>Completes when what an append or a mark returned this for is on the disk.</summary>
    /// <exception cref="SpoolFailedException">It is not: append it again.</exception>
    public ValueTask WaitDurableAsync(long receipt, CancellationToken cancellationToken) => _log.WaitDurableAsync(receipt, cancellationToken);

    /// <summary>The durable letters that a filter asks for.</summary>
    public Task<DeadLetterPage> ReadAsync(DeadLetterFilter filter, CancellationToken cancellationToken) =>
        Task.Run(() => _reader.Read(filter, cancellationToken), cancellationToken);

    /// <summary>The letter with an id, or null.</summary>
    public Task<DeadLetter?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        Task.Run(() => _reader.Find(id, cancellationToken), cancellationToken);

    /// <summary>The letters that a filter asks for, one by one. Reads files as it goes.</summary>
    public DeadLetterWalk Walk(DeadLetterFilter filter, CancellationToken cancellationToken) => _reader.Walk(filter, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Limits.DisposeAsync();
        await _log.DisposeAsync();
    }

    // Past the limit too: a mark makes letters removable, and waiting for room would wait for what it brings about.
    private async ValueTask<long> AppendMarkAsync(RecordKind kind, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (_log.Log.Failure is not null) await _log.ReopenAsync(cancellationToken);
        long receipt;
        while (!_log.TryAppend(new RecordHead(kind, 0, _clock.UnixNs()), body.Span, out receipt, begun: true)) await Task.Yield(); // the disk frees memory, or fails and throws
        return receipt;
    }
}
