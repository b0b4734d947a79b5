using CityPerception.Core.LineProtocol;
using CityPerception.Core.Observations;
using CityPerception.Imports.Reading;
using CityPerception.Observability;
using CityPerception.Sources;
using CityPerception.Storage.Dispatch;

namespace CityPerception.Imports;

/// <summary>What an import is to do with what it reads.</summary>
/// <param name="Topic">Where the input came in, for dead letters.</param>
/// <param name="Properties">What mappings may read beside a row, for dead letters too.</param>
/// <param name="KeepsLetters">Refused rows become dead letters; else whoever listens takes care of them.</param>
internal sealed record ImportTerms(string Topic, IReadOnlyDictionary<string, string> Properties, bool KeepsLetters);

/// <summary>
/// One import: reads rows, maps them, appends what they become to the spool of the past in large records, and says up to where
/// everything is durable. A server runs it for what is uploaded, and so does the command where no server runs.
/// </summary>
/// <remarks>
/// Where the spool is full it waits. A few records are under way at once, so that the disk is not waited for after each;
/// the durable place moves only when everything before it is on the disk. Whatever ends it, going on there loses nothing,
/// and rows that come twice become the same points.
/// </remarks>
internal sealed class ImportRun([FromKeyedServices(BackfillOptions.Name)] Intake intake, IngestMetrics metrics, TimeProvider clock)
{
    /// <summary>The transport that imported observations are counted under.</summary>
    public const string Transport = "import";

    private const int RecordBytes = 128 << 10, MaxRecordBytes = 2 << 20, RecordRows = 5000, RecordsUnderWay = 8;

    private static readonly TimeSpan ReportEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>Runs until the input ends, or something ends it: then the result says what.</summary>
    /// <param name="rows">The input.</param>
    /// <param name="mapper">The source's.</param>
    /// <param name="terms">What else is to be done.</param>
    /// <param name="report">Is told how far it is and what was refused.</param>
    /// <param name="cancellationToken">Ends it early; what has been appended by then is waited for.</param>
    public Task<ImportResult> RunAsync(IRowReader rows, RowMapper mapper, ImportTerms terms, Func<ImportEvent, ValueTask> report, CancellationToken cancellationToken) =>
        new Run(this, rows, mapper, terms, report).GoAsync(cancellationToken);

    private sealed class Run(ImportRun owner, IRowReader rows, RowMapper mapper, ImportTerms terms, Func<ImportEvent, ValueTask> report)
    {
        private readonly SourceMeter _meter = owner.Metrics.ForBackfill(mapper.Name, Transport);
        private readonly LineBuffer _lines = new(2 * RecordBytes);
        private readonly Queue<UnderWay> _underWay = new();
        private ImportPlace _place = rows.Place;
        private ImportProgress _durable = new(0, 0, 0, 0, rows.Place.Row, rows.Place.Offset);
        private Origin _origin;
        private IntakeTicket _letters;
        private long _rows, _accepted, _rejected, _filtered, _reportedAt, _recordBytes;
        private int _recordRows;

        public async Task<ImportResult> GoAsync(CancellationToken cancellationToken)
        {
            string? stopped = null;
            _reportedAt = owner.Clock.GetTimestamp();
            BeginRecord();
            try
            {
                while (await rows.ReadAsync(cancellationToken))
                {
                    if (IsRecordFull()) await AppendAsync(cancellationToken);
                    if (rows.Fault is null) await mapper.PrepareAsync(rows.Document, _origin.ReceivedNs, cancellationToken);
                    if (TakeRow()) await RejectAsync(cancellationToken);
                }

                _place = rows.Place;
                await AppendAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                stopped = "interrupted";
            }
            catch (ImportFaultException e)
            {
                stopped = e.Message;
            }
            catch (IOException e) // of the spool's disk, or the input's; they say what to do
            {
                return new ImportResult(_durable, e.Message);
            }

            stopped = await FinishAsync(appendsRest: stopped is not null && !cancellationToken.IsCancellationRequested) ?? stopped;
            return new ImportResult(_durable, stopped);
        }

        // What the input had before it broke is good. The same rows come again when it is repaired, and change nothing.
        private async Task<string?> FinishAsync(bool appendsRest)
        {
            try
            {
                if (appendsRest) await AppendAsync(CancellationToken.None);
                while (_underWay.Count > 0) await FinishOneAsync();
                return null;
            }
            catch (IOException e)
            {
                return e.Message;
            }
        }

        // A record ends where reading can go on, so that what is counted as durable is what need not come again. A row that
        // makes very many observations may fill it before.
        private bool IsRecordFull()
        {
            if (_lines.Length >= MaxRecordBytes) return true;
            if (rows.Place == _place) return false;
            bool full = _lines.Length >= RecordBytes || _recordRows >= RecordRows;
            if (full) _place = rows.Place;
            return full;
        }

        // True if something of it was refused. No waiting here: of five million rows hardly one waits.
        private bool TakeRow()
        {
            _rows++;
            _recordRows++;
            _recordBytes += rows.Document.Length;
            if (rows.Fault is not null) return true;

            mapper.Map(rows.Document.Span, _origin.ReceivedNs);
            if (mapper.Lines.LineCount > 0) _lines.Append(mapper.Lines);
            if (mapper.FilteredCount > 0)
            {
                _filtered += mapper.FilteredCount;
                _meter.FilteredElements(mapper.FilteredCount);
            }

            return mapper.RejectedCount > 0;
        }

        private async ValueTask RejectAsync(CancellationToken cancellationToken)
        {
            IReadOnlyList<Rejection> why = rows.Fault is { } fault ? [fault] : mapper.Rejections;
            int count = rows.Fault is null ? mapper.RejectedCount : 1;
            _rejected += count;
            if (terms.KeepsLetters)
            {
                _letters = _letters.And(await owner.Intake.RejectAsync(default, _origin with { Properties = terms.Properties }, why, count, rows.Document, cancellationToken));
            }
            else
            {
                foreach (Rejection rejection in why) _meter.Rejected(in rejection, _origin.ReceivedNs);
                _meter.RejectedMore(why[^1].Reason, count - why.Count);
            }

            await report(new ImportEvent { Rejection = RowRejection.Of(rows.Row, why[0], count, rows.Document) });
        }

        private async ValueTask AppendAsync(CancellationToken cancellationToken)
        {
            IntakeTicket ticket = _letters;
            while (!owner.Intake.TryAppend(_meter, _lines.Written, _lines.LineCount, _origin.ReceivedNs, ref ticket))
            {
                await ReportAsync(); // it may be a while
                await owner.Intake.WaitForRoomAsync(cancellationToken);
            }

            _meter.Received(_recordRows, _recordBytes, _origin.ReceivedNs);
            _accepted += _lines.LineCount;
            _underWay.Enqueue(new UnderWay(ticket, _origin, _recordRows, new ImportProgress(_rows, _accepted, _rejected, _filtered, _place.Row, _place.Offset)));
            BeginRecord();
            while (_underWay.Count > RecordsUnderWay) await FinishOneAsync();
            if (owner.Clock.GetElapsedTime(_reportedAt) < ReportEvery) return;
            _reportedAt = owner.Clock.GetTimestamp();
            await report(new ImportEvent { Progress = _durable });
        }

        private async ValueTask ReportAsync()
        {
            if (_underWay.Count == 0) return;
            while (_underWay.Count > 0) await FinishOneAsync();
            await report(new ImportEvent { Progress = _durable });
        }

        private void BeginRecord()
        {
            _lines.Clear();
            (_letters, _recordRows, _recordBytes) = (default, 0, 0);
            _origin = Origin.Now(_meter, terms.Topic, owner.Clock);
        }

        // Not to be cancelled: it is short, and what is durable should be known to be.
        private async ValueTask FinishOneAsync()
        {
            UnderWay first = _underWay.Dequeue();
            await owner.Intake.WaitDurableAsync(first.Ticket, first.Origin, CancellationToken.None);
            _meter.AcknowledgedMessages(first.Rows);
            _durable = first.UpTo;
        }
    }

    private readonly record struct UnderWay(IntakeTicket Ticket, Origin Origin, int Rows, ImportProgress UpTo);

    private Intake Intake => intake;

    private IngestMetrics Metrics => metrics;

    private TimeProvider Clock => clock;
}
