using CityPerception.Core.Observations;
using CityPerception.Core.Queries;
using CityPerception.Storage.DeadLetters;
using CityPerception.Storage.Projections;
using CityPerception.Storage.Spooling;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CityPerception.Storage.Dispatch;

/// <summary>
/// Carries lines from the spool to the store. What the store refuses becomes a dead letter; only then, or when it is
/// stored, is it done with in the spool.
/// </summary>
/// <remarks>
/// One reader gathers batches, one writer a lane writes them. Stopping begins no batch and finishes those under way, as
/// long as the host allows; whatever is not finished is in the spool and comes again.
/// </remarks>
public sealed class Dispatcher(
    SpoolMeter lines,
    StorePipeline store,
    DeadLetterLog deadLetters,
    ProjectionSet projections,
    IOptions<DispatcherOptions> options,
    TimeProvider clock,
    StorageMetrics metrics,
    ILogger<Dispatcher> logger,
    BackfillPace? pace = null,
    ArrivalWatch? arrivals = null) : BackgroundService
{
    private readonly Spool _spool = lines.Spool;
    private readonly DispatcherOptions _options = options.Value;
    private readonly int _batchLines = options.Value.BatchLines > 0 ? options.Value.BatchLines : store.PreferredBatchLines;
    private readonly DispatchLane[] _lanes = [.. Enumerable.Range(0, options.Value.Lanes).Select(_ => new DispatchLane())];
    private readonly CancellationTokenSource _abort = new();
    private DispatchProgress _progress = new(1, 0);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await _abort.CancelAsync(); // the time is over, or everything is done
        if (ExecuteTask is { } running) await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public override void Dispose()
    {
        base.Dispose();
        _abort.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using SpoolReader reader = _spool.OpenReader();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        _progress = new DispatchProgress(_lanes.Length, reader.Position);
        logger.Started(lines.Name, _spool.Bytes, _lanes.Length);
        Task reading = Task.Run(() => ReadAsync(reader, ending.Token), CancellationToken.None);
        Task[] all = [reading, .. Enumerable.Range(0, _lanes.Length).Select(i => Task.Run(() => WriteLaneAsync(i, ending.Token), CancellationToken.None))];
        await Task.WhenAny(all); // the spool was closed, the host stops, or one of us has a bug: none goes on without the others
        await ending.CancelAsync();
        try
        {
            await Task.WhenAll(all);
        }
        catch (OperationCanceledException)
        {
            logger.Stopped(lines.Name, _spool.Bytes);
        }
    }

    private async Task ReadAsync(SpoolReader reader, CancellationToken stopping)
    {
        Task<bool>? more = null;
        do
        {
            while (reader.TryRead(out SpoolRecord record))
            {
                if (record.Address < _spool.RecoveredEnd) lines.Recovered(record.LineCount);
                if (record.IsDamaged) await KeepDamagedAsync(record, stopping);
                else await GatherAsync(record, stopping);
                _progress.ReadUpTo(record.NextAddress);
                await SendAsync(oldOnly: true, stopping);
            }

            _progress.ReadUpTo(reader.Position); // past the padding too

            // The spool has no more. What has been gathered goes at once if nothing else is under way; otherwise
            // it gathers on until it is old: few large writes are worth more to a store than many small ones.
            bool nothingElse = _progress.HasOnly(_lanes.Count(l => l.Gathering is not null));
            await SendAsync(oldOnly: !nothingElse, stopping);
            _spool.Truncate(_progress.Cursor);
            more ??= reader.WaitToReadAsync(stopping).AsTask();
            await WaitAsync(more, stopping);
            if (!more.IsCompleted) continue;
            if (!await more) return;
            more = null;
        }
        while (!stopping.IsCancellationRequested);
    }

    private async ValueTask GatherAsync(SpoolRecord record, CancellationToken stopping)
    {
        for (ReadOnlyMemory<byte> rest = record.Lines; !rest.IsEmpty;)
        {
            int end = rest.Span.IndexOf((byte)'\n');
            ReadOnlyMemory<byte> line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (pace is null) arrivals?.Arrived(line.Span, record.ReceivedNs); // what comes in bulk is old, and says nothing of devices
            int index = SeriesLane.Of(line.Span, _lanes.Length);
            DispatchLane lane = _lanes[index];
            if (lane.Gathering is { } full && full.IsFull(line.Length + 1, _batchLines, _options.BatchBytes)) await lane.SendAsync(stopping);
            if (lane.Gathering is not { } batch)
            {
                _progress.Begin(index, record.Address);
                batch = lane.Begin(clock.GetTimestamp());
            }

            batch.Add(line.Span);
        }
    }

    private async ValueTask SendAsync(bool oldOnly, CancellationToken stopping)
    {
        foreach (DispatchLane lane in _lanes)
        {
            if (lane.Gathering is { } batch && (!oldOnly || IsOld(batch))) await lane.SendAsync(stopping);
        }
    }

    private bool IsOld(DispatchBatch batch) => clock.GetElapsedTime(batch.BegunAt) >= _options.BatchAge;

    // Until there is more to read, or the oldest batch being gathered is old.
    private async Task WaitAsync(Task<bool> more, CancellationToken stopping)
    {
        TimeSpan? left = _lanes.Min(l => l.Gathering is { } batch ? _options.BatchAge - clock.GetElapsedTime(batch.BegunAt) : (TimeSpan?)null);
        if (left is not { } wait)
        {
            await more;
            return;
        }

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(more, Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, clock, enough.Token));
        await enough.CancelAsync();
        stopping.ThrowIfCancellationRequested();
    }

    private async Task WriteLaneAsync(int index, CancellationToken stopping)
    {
        await foreach (DispatchBatch batch in _lanes[index].Queue.ReadAllAsync(stopping))
        {
            stopping.ThrowIfCancellationRequested();
            if (pace is not null) await pace.WaitAsync(batch.Batch.Count, stopping);
            WriteResult result = await store.WriteAsync(batch.Batch, stopping, _abort.Token);
            if (result.Refused.Length > 0) await KeepRefusedAsync(result, stopping);
            if (projections.Want(batch.Batch)) await store.RepeatAsync(token => projections.ApplyAsync(batch.Batch, result, token), stopping);
            metrics.BatchStored(lines, result.Stored, result.Refused.Length);
            _spool.Truncate(_progress.Finish(index)); // last: a crash before this writes the batch once more, which changes nothing
            _lanes[index].Recycle(batch);
        }
    }

    private async ValueTask KeepRefusedAsync(WriteResult result, CancellationToken stopping)
    {
        DateTimeOffset now = clock.GetUtcNow();
        await KeepAsync([.. result.Refused.Select(line => DeadLetter.Create(
            DeadLetterKind.Line, source: "", transport: "store", topic: null, now, [new Rejection(line.Reason, 0, "", line.Detail)], line.Line))], stopping);
        logger.LinesRefused(result.Refused.Length, result.Refused[0].Detail);
    }

    private async ValueTask KeepDamagedAsync(SpoolRecord record, CancellationToken stopping)
    {
        metrics.RecordDamaged(lines);
        string place = $"bytes {record.Address} to {record.NextAddress} of the spool";
        await KeepAsync([DeadLetter.Create(
            DeadLetterKind.SpoolRecord, source: "", transport: "spool", topic: null, clock.GetUtcNow(),
            [new Rejection(RejectionReason.SpoolRecordDamaged, 0, place, "the disk no longer has what was written there")], record.Lines)], stopping);
        logger.RecordDamaged(record.Address, record.NextAddress - record.Address);
    }

    private ValueTask KeepAsync(List<DeadLetter> letters, CancellationToken stopping) => store.RepeatAsync(async token =>
    {
        long last = 0;
        foreach (DeadLetter letter in letters) last = await deadLetters.AppendAsync(letter, token);
        await deadLetters.WaitDurableAsync(last, token);
    }, stopping);
}
