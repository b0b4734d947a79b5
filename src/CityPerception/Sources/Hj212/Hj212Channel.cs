using System.Buffers;
using System.IO.Pipelines;
using CityPerception.Core.Decoding.Hj212;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using Microsoft.AspNetCore.Connections;

namespace CityPerception.Sources.Hj212;

/// <summary>
/// One connection. All frames that have arrived are mapped and appended before the first of them is waited for, so that
/// a forwarder's many devices share a commit; then each gets its answer, in their order.
/// </summary>
internal sealed class Hj212Channel(ConnectionContext connection, Hj212Ingest ingest, Hj212Metrics metrics, Hj212Gate gate, Hj212Options options, MappingRun run, TimeProvider clock, ILogger logger)
{
    // A stranger's frames are kept so that one can see what it sends; but not without end.
    private const int MaxStrangersFrames = 10;

    private readonly IDuplexPipe _transport = connection.Transport;
    private readonly Hj212Session _session = new(gate, connection.RemoteEndPoint);
    private readonly List<(Hj212Receipt Receipt, Range Answer)> _pending = [];
    private readonly ArrayBufferWriter<byte> _answers = new();
    private long _frameBegan;
    private bool _isInFrame;
    private int _refused;

    /// <summary>Runs until the peer closes, is silent or slow, or the token is cancelled.</summary>
    /// <exception cref="IOException">The connection broke or the disk has failed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await ReadAsync(cancellationToken) is { IsCanceled: false } read)
        {
            int consumed = await TakeAsync(read.Buffer, cancellationToken);
            bool isLeft = consumed < read.Buffer.Length;
            // Of a frame that has begun: nothing restarts its time but its end.
            if (isLeft && (!_isInFrame || consumed > 0)) _frameBegan = clock.GetTimestamp();
            _isInFrame = isLeft;
            _transport.Input.AdvanceTo(read.Buffer.GetPosition(consumed), read.Buffer.End);
            if (!await AnswerAsync(cancellationToken) || read.IsCompleted) return;
            if (_session.IsAdmitted || _refused < MaxStrangersFrames) continue;
            metrics.CutOff("unknown");
            return;
        }
    }

    // A read that is cancelled says that the peer took too long.
    private async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken)
    {
        TimeSpan left = _isInFrame ? options.FrameTimeout - clock.GetElapsedTime(_frameBegan) : options.IdleTimeout;
        if (left > TimeSpan.Zero && _transport.Input.TryRead(out ReadResult ready)) return ready;
        using var limit = new TimeLimit(left, clock, cancellationToken);
        try
        {
            return await _transport.Input.ReadAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsOver)
        {
            metrics.CutOff(_isInFrame ? "slow" : "silent");
            return new ReadResult(default, isCanceled: true, isCompleted: false);
        }
    }

    private async ValueTask<int> TakeAsync(ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
    {
        if (buffer.IsSingleSegment) return await TakeAsync(buffer.First, cancellationToken);
        byte[] whole = ArrayPool<byte>.Shared.Rent((int)buffer.Length);
        try
        {
            buffer.CopyTo(whole);
            return await TakeAsync(whole.AsMemory(0, (int)buffer.Length), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole);
        }
    }

    private async ValueTask<int> TakeAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        int consumed = 0;
        while (TryCut(bytes[consumed..], out Cut cut))
        {
            await TakeAsync(cut, bytes.Slice(consumed + cut.Start, cut.Length), cancellationToken);
            consumed += cut.Consumed;
        }

        // The line end after a frame is not the beginning of the next.
        int blanks = bytes.Span[consumed..].IndexOfAnyExcept("\r\n \t"u8);
        return blanks < 0 ? bytes.Length : consumed + blanks;
    }

    private async ValueTask TakeAsync(Cut cut, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        bool isSound = cut.Status is Hj212FrameStatus.Complete;
        if (cut.Route is not { } route || !(isSound || ingest.IsLenient(route)))
        {
            _refused++;
            // Without an answer: the device sends it again, and right this time.
            Rejection rejection = isSound
                ? new Rejection(RejectionReason.SyntaxInvalid, 0, "$", "no MN, CN or CP=&&…&&, or they are too long")
                : new Rejection(Hj212Decoder.ReasonOf(cut.Fault), 0, "$", Hj212Decoder.Describe(cut.Fault));
            _pending.Add((await ingest.RefuseAsync(cut.Route, frame, rejection, cancellationToken), default));
        }
        else if (await _session.JudgeAsync(route.Device, cut.Password, cancellationToken) is { } refusal)
        {
            if (_refused++ == 0) logger.FrameRefused(connection.RemoteEndPoint, refusal.Detail); // one line a connection: the rest is among the dead letters
            metrics.Refused(refusal.Reason);
            _pending.Add((await ingest.RefuseAsync(route, frame, refusal, cancellationToken), default));
        }
        else if (route.IsTimeRequest)
        {
            await _transport.Output.WriteAsync(_answers.WrittenMemory[cut.Answer], cancellationToken);
        }
        else if (await ingest.AcceptAsync(route, cut.Fault, frame, !cut.Answer.Equals(default), run, cancellationToken) is { } receipt)
        {
            _pending.Add((receipt, cut.Answer));
        }
    }

    // False: the peer does not take its answers.
    private async ValueTask<bool> AnswerAsync(CancellationToken cancellationToken)
    {
        bool isAny = false;
        TimeLimit? limit = null;
        foreach ((Hj212Receipt receipt, Range answer) in _pending)
        {
            if (answer.Equals(default)) continue;
            // Those that came together have one limit; one that had to wait for room came later than those before it were answered.
            if (limit is null or { IsOver: true })
            {
                limit?.Dispose();
                limit = ingest.UntilSentAgain(receipt.Origin, cancellationToken);
            }

            if (!await ingest.IsDurableAsync(receipt, limit)) continue;
            _transport.Output.Write(_answers.WrittenSpan[answer]);
            receipt.Origin.Meter.AcknowledgedMessages(1);
            isAny = true;
        }

        limit?.Dispose();
        _pending.Clear();
        _answers.ResetWrittenCount();
        return !isAny || await FlushAsync(cancellationToken);
    }

    private async ValueTask<bool> FlushAsync(CancellationToken cancellationToken)
    {
        using var limit = new TimeLimit(options.FrameTimeout, clock, cancellationToken);
        try
        {
            await _transport.Output.FlushAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException) when (limit.IsOver)
        {
            metrics.CutOff("slow");
            return false;
        }
    }

    private bool TryCut(ReadOnlyMemory<byte> bytes, out Cut cut)
    {
        cut = default;
        Hj212FrameStatus status = Hj212Frame.Read(bytes.Span, options.MaxFrameBytes, out Hj212Frame frame);
        if (status is Hj212FrameStatus.NeedMore) return false;

        cut = new Cut(status, frame.Fault, frame.Consumed - frame.Bytes.Length, frame.Bytes.Length, frame.Consumed, null, default, null);
        if (!Hj212Head.TryRead(frame.Data, out Hj212Head head) || !Hj212Answer.Fits(in head)) return true;
        Hj212Route route = ingest.Find(in head);
        int start = _answers.WrittenCount;
        if (head.WantsAnswer) Hj212Answer.Write(_answers, in head);
        if (route.IsTimeRequest) Hj212Answer.WriteTime(_answers, in head, ingest.LocalTime);
        cut = cut with { Route = route, Answer = start == _answers.WrittenCount ? default : start.._answers.WrittenCount, Password = _session.PasswordToCheck(route.Device, head.Pw) };
        return true;
    }

    /// <summary>Where in the bytes a frame is, where it goes, and where among the answers its own is, default for none, and its PW where that is to be checked.</summary>
    private readonly record struct Cut(Hj212FrameStatus Status, Hj212Fault Fault, int Start, int Length, int Consumed, Hj212Route? Route, Range Answer, byte[]? Password);
}
