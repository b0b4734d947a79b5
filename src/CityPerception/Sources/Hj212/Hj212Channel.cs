using System.Buffers;
using System.IO.Pipelines;
using CityPerception.Core.Decoding.Hj212;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;

namespace CityPerception.Sources.Hj212;

/// <summary>
/// One connection. All frames that have arrived are mapped and appended before the first of them is waited for, so that
/// a forwarder's many devices share a commit; then each gets its answer, in their order.
/// </summary>
internal sealed class Hj212Channel(IDuplexPipe transport, Hj212Ingest ingest, Hj212Metrics metrics, Hj212Options options, MappingRun run, TimeProvider clock)
{
    private readonly List<(Hj212Receipt Receipt, byte[]? Answer)> _pending = [];
    private long _frameBegan;
    private bool _isInFrame;

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
            transport.Input.AdvanceTo(read.Buffer.GetPosition(consumed), read.Buffer.End);
            if (!await AnswerAsync(cancellationToken) || read.IsCompleted) return;
        }
    }

    // A read that is cancelled says that the peer took too long.
    private async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken)
    {
        TimeSpan left = _isInFrame ? options.FrameTimeout - clock.GetElapsedTime(_frameBegan) : options.IdleTimeout;
        using var late = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await transport.Input.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
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
        if (cut.Call is not { } call || !(isSound || ingest.IsLenient(call)))
        {
            // Without an answer: the device sends it again, and right this time.
            Rejection rejection = isSound
                ? new Rejection(RejectionReason.SyntaxInvalid, 0, "$", "no MN, CN or CP=&&…&&")
                : new Rejection(Hj212Decoder.ReasonOf(cut.Fault), 0, "$", Hj212Decoder.Describe(cut.Fault));
            _pending.Add((await ingest.RefuseAsync(cut.Call?.Route, frame, rejection, cancellationToken), null));
            return;
        }

        if (call.Command is Hj212Call.TimeRequest)
        {
            if (call.WantsAnswer) await transport.Output.WriteAsync(call.Answer(), cancellationToken);
            await transport.Output.WriteAsync(call.SetTime(clock.GetUtcNow()), cancellationToken);
            return;
        }

        if (await ingest.AcceptAsync(call, cut.Fault, frame, run, cancellationToken) is { } receipt)
            _pending.Add((receipt, call.WantsAnswer ? call.Answer() : null));
    }

    // False: the peer does not take its answers.
    private async ValueTask<bool> AnswerAsync(CancellationToken cancellationToken)
    {
        bool isAny = false;
        foreach ((Hj212Receipt receipt, byte[]? answer) in _pending)
        {
            if (answer is null || !await ingest.IsDurableInTimeAsync(receipt, cancellationToken)) continue;
            answer.CopyTo(transport.Output.GetMemory(answer.Length));
            transport.Output.Advance(answer.Length);
            receipt.Origin.Meter.AcknowledgedMessages(1);
            isAny = true;
        }

        _pending.Clear();
        if (!isAny) return true;
        using var late = new CancellationTokenSource(options.FrameTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await transport.Output.FlushAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            metrics.CutOff("slow");
            return false;
        }
    }

    private bool TryCut(ReadOnlyMemory<byte> bytes, out Cut cut)
    {
        Hj212FrameStatus status = Hj212Frame.Read(bytes.Span, options.MaxFrameBytes, out Hj212Frame frame);
        cut = status is Hj212FrameStatus.NeedMore
            ? default
            : new Cut(status, frame.Fault, frame.Consumed - frame.Bytes.Length, frame.Bytes.Length, frame.Consumed, Hj212Call.Read(frame.Data));
        return status is not Hj212FrameStatus.NeedMore;
    }

    /// <summary>Where in the bytes a frame is, and what it asks for.</summary>
    private readonly record struct Cut(Hj212FrameStatus Status, Hj212Fault Fault, int Start, int Length, int Consumed, Hj212Call? Call);
}
