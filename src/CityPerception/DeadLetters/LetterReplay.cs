using System.Text;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Observability;
using CityPerception.Scoring;
using CityPerception.Sources;
using CityPerception.Sources.Devices;
using CityPerception.Sources.Hj212;
using CityPerception.Sources.Mqtt.Sparkplug;
using CityPerception.Storage.DeadLetters;
using CityPerception.Storage.Dispatch;
using CityPerception.Storage.Spooling;

namespace CityPerception.DeadLetters;

/// <summary>
/// Replays dead letters: maps each as if it came now, but at its own time, appends what it becomes to the spool, and marks
/// it when that is durable. A server runs it, and so does the command where no server runs.
/// </summary>
/// <remarks>
/// A mark comes after its observations are durable, so whatever ends the process between the two makes the letter come
/// again, and become the same points. The oldest letter goes first: of two for one point, the later one has the last word.
/// </remarks>
internal sealed class LetterReplay([FromKeyedServices(BackfillOptions.Name)] Intake intake, DeadLetterLog letters, IngestMetrics metrics, Hj212Keys keys, ExternalScorer scorer, TimeProvider clock, ILogger<LetterReplay> logger, SparkplugNodes? sparkplug = null, KnownDevices? known = null) : IDisposable
{
    /// <summary>The transport that replayed observations are counted under.</summary>
    public const string Transport = "replay";

    // One fsync of the spool and one of the marks for so much: neither is felt, and little is repeated after a crash.
    private const int BatchLetters = 1000, BatchBytes = 4 << 20;

    private readonly SemaphoreSlim _oneAtATime = new(1);

    public void Dispose() => _oneAtATime.Dispose();

    /// <summary>Runs a replay; null if another one is under way in this process.</summary>
    /// <param name="plan">The configuration to map with.</param>
    /// <param name="filter">Which letters; the order is its own.</param>
    /// <param name="hasDispatcher">Somebody empties the spool: when it is full, wait. Otherwise stop.</param>
    /// <param name="report">Is told how far it is and what was refused.</param>
    /// <param name="cancellationToken">Ends it early: what is durable by then is marked.</param>
    public async Task<ReplayResult?> RunAsync(IngestPlan plan, DeadLetterFilter filter, bool hasDispatcher, Func<ReplayEvent, ValueTask> report, CancellationToken cancellationToken)
    {
        if (!await _oneAtATime.WaitAsync(TimeSpan.Zero, CancellationToken.None)) return null;
        try
        {
            var run = new Run(this, plan, hasDispatcher, report);
            ReplayResult result = await run.GoAsync(letters.Walk(filter with { NewestFirst = false }, cancellationToken), cancellationToken);
            logger.Replayed(result.Replayed, result.Letters, result.Observations, result.Rejected, result.Hopeless);
            return result;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Says what a replay would do. Changes nothing.</summary>
    /// <param name="mapper">Maps them.</param>
    /// <param name="walk">The letters.</param>
    /// <param name="report">Is told what each letter becomes.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<ReplayResult> PreviewAsync(LetterMapper mapper, DeadLetterWalk walk, Func<ReplayEvent, ValueTask> report, CancellationToken cancellationToken)
    {
        var outcome = new LetterOutcome();
        var tally = new ReplayTally();
        foreach (DeadLetter letter in walk)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await mapper.MapAsync(letter, outcome, cancellationToken);
            tally.Add(outcome);
            tally.Commit();
            await report(new ReplayEvent { Letter = View(letter, outcome, withLines: true) });
        }

        return tally.ToResult(walk.Unreadable, dryRun: true, stopped: null);
    }

    private static ReplayedLetterView View(DeadLetter letter, LetterOutcome outcome, bool withLines) => new(
        letter.Id,
        letter.Source,
        LetterView.Shown(letter, letter.Topic),
        letter.Time,
        outcome.Lines.LineCount,
        withLines ? Encoding.UTF8.GetString(outcome.Lines.Written).Split('\n', ReplayedLetterView.MaxLines + 1).Take(Math.Min(ReplayedLetterView.MaxLines, outcome.Lines.LineCount)).ToArray() : null,
        outcome.RejectedCount,
        [.. (outcome.IsHopeless ? letter.CurrentRejections : outcome.Rejections).Select(r => LetterView.Error(letter, r))]);

    /// <summary>One replay.</summary>
    private sealed class Run(LetterReplay owner, IngestPlan plan, bool hasDispatcher, Func<ReplayEvent, ValueTask> report)
    {
        private readonly LetterMapper _mapper = owner.MapperOf(plan);
        private readonly LetterOutcome _outcome = new();
        private readonly ReplayTally _tally = new();
        private readonly List<ReplayedLetter> _appended = [];
        private IntakeTicket _ticket;
        private Origin _origin;
        private long _bytes, _marked;

        public async Task<ReplayResult> GoAsync(DeadLetterWalk walk, CancellationToken cancellationToken)
        {
            string? stopped = null;
            try
            {
                foreach (DeadLetter letter in walk)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    await ReplayAsync(letter, cancellationToken);
                    if (_tally.Pending < BatchLetters && _bytes < BatchBytes) continue;
                    await FinishBatchAsync();
                    await report(new ReplayEvent { Progress = new ReplayProgress(walk.Done, _tally.Letters) });
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                stopped = "interrupted; the same command goes on with the rest";
            }
            catch (SpoolStaysFullException)
            {
                stopped = "the spool is full, and nobody empties it: start the server, which stores what waits";
            }
            catch (IOException e)
            {
                stopped = e.Message; // of the spool or the letters, which say what to do
            }

            try
            {
                await FinishBatchAsync();
            }
            catch (IOException e)
            {
                stopped = e.Message;
            }

            return _tally.ToResult(walk.Unreadable, dryRun: false, stopped);
        }

        private async ValueTask ReplayAsync(DeadLetter letter, CancellationToken cancellationToken)
        {
            await _mapper.MapAsync(letter, _outcome, cancellationToken);
            foreach (LetterPart part in _outcome.Parts) await AppendAsync(part, letter, cancellationToken);
            _tally.Add(_outcome);
            if (_outcome.IsHopeless || _outcome.RejectedCount > 0) await KeepAsync(letter, cancellationToken);
            else _appended.Add(new ReplayedLetter(letter.Id, letter.Address, _outcome.Lines.LineCount));
        }

        private async ValueTask AppendAsync(LetterPart part, DeadLetter letter, CancellationToken cancellationToken)
        {
            // For the spool it comes now: how long a record has been waiting there is asked for elsewhere.
            SourceMeter meter = owner.Meter(part.Source);
            _origin = Origin.Now(meter, letter.Topic, owner.Clock);
            IntakeTicket ticket = default;
            while (!owner.Intake.TryAppend(meter, _outcome.Lines.Written.Slice(part.Start, part.Length), part.LineCount, _origin.ReceivedNs, ref ticket))
            {
                if (!hasDispatcher && owner.Intake.IsFull) throw new SpoolStaysFullException();
                await owner.Intake.WaitForRoomAsync(cancellationToken);
            }

            _ticket = _ticket.And(ticket); // if the disk failed in between, the batch is not durable as a whole
            meter.Received(1, letter.Payload.Length, _origin.ReceivedNs);
            if (part.Filtered > 0) meter.FilteredElements(part.Filtered);
            foreach (Rejection rejection in part.Rejections) meter.Rejected(in rejection, _origin.ReceivedNs);
            if (part.RejectedCount > part.Rejections.Length) meter.RejectedMore(part.Rejections[^1].Reason, part.RejectedCount - part.Rejections.Length);
            meter.AcknowledgedMessages(1); // nobody waits for it
            _bytes += part.Length;
        }

        // It stays, with the reason of now. The same reason once more is no news, and costs no room.
        private async ValueTask KeepAsync(DeadLetter letter, CancellationToken cancellationToken)
        {
            if (!_outcome.IsHopeless && (letter.State is DeadLetterState.Replayed || !IsKnown(letter)))
                _marked = Spool.Both(_marked, await owner.Letters.MarkRejectedAsync(letter, _outcome.Rejections, _outcome.RejectedCount, cancellationToken));
            await report(new ReplayEvent { Letter = View(letter, _outcome, withLines: false) });
        }

        private bool IsKnown(DeadLetter letter) =>
            letter.CurrentRejectionCount == _outcome.RejectedCount && letter.CurrentRejections.SequenceEqual(_outcome.Rejections.Take(DeadLetter.MaxRejections));

        // First the observations, then the marks: that order is its whole safety. Not to be cancelled: it is short, and
        // what is durable should be marked.
        private async ValueTask FinishBatchAsync()
        {
            if (_ticket.SpoolReceipt > 0) await owner.Intake.WaitDurableAsync(_ticket, _origin, CancellationToken.None);
            if (_appended.Count > 0) _marked = Spool.Both(_marked, await owner.Letters.MarkReplayedAsync(_appended, CancellationToken.None));
            if (_marked > 0) await owner.Letters.WaitDurableAsync(_marked, CancellationToken.None);
            _tally.Commit();
            _appended.Clear();
            (_ticket, _bytes, _marked) = (default, 0, 0);
        }
    }

    /// <summary>A mapper that knows what this process knows.</summary>
    public LetterMapper MapperOf(IngestPlan plan) => new(plan, keys, sparkplug, known?.InUse, scorer);

    private Intake Intake => intake;

    private DeadLetterLog Letters => letters;

    private TimeProvider Clock => clock;

    private SourceMeter Meter(string source) => metrics.ForBackfill(source, Transport);

    private sealed class SpoolStaysFullException : Exception;
}
