using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Observability;
using CityPerception.Storage.DeadLetters;
using CityPerception.Storage.Spooling;

namespace CityPerception.Sources;

/// <summary>
/// The one way in, for every transport: map, append to the spool, put what was refused with the dead letters, and give
/// the sender something to wait for. Nobody acknowledges before <see cref="WaitDurableAsync"/> has completed.
/// </summary>
internal sealed class Intake(Spool spool, DeadLetterLog deadLetters, TimeProvider clock)
{
    /// <summary>Maps a message and appends its observations. False: the spool is full, so wait for room and offer the message again.</summary>
    /// <exception cref="SpoolFailedException">The disk has failed: do not acknowledge.</exception>
    public bool TryAppend(CompiledSource source, SourceMeter meter, in Message message, MappingRun run, out IntakeTicket ticket)
    {
        meter.Arrived(message.Payload, message.Topic, message.ReceivedNs);
        source.Map(in message, run);
        ticket = default;
        return TryAppend(meter, run.Lines.Written, run.Lines.LineCount, message.ReceivedNs, ref ticket);
    }

    /// <summary>Appends lines that need no mapping.</summary>
    /// <exception cref="SpoolFailedException">The disk has failed: do not acknowledge.</exception>
    public bool TryAppend(SourceMeter meter, ReadOnlySpan<byte> lines, int lineCount, long receivedNs, ref IntakeTicket ticket)
    {
        if (lineCount == 0) return true;
        if (!spool.TryAppend(lines, lineCount, receivedNs, out long receipt)) return false;

        ticket = ticket with { SpoolReceipt = receipt };
        meter.AcceptedObservations(lineCount, lines, receivedNs);
        return true;
    }

    /// <summary>Puts what a run refused with the dead letters: the message once, with all its rejections.</summary>
    /// <exception cref="SpoolFailedException">The disk has failed: do not acknowledge.</exception>
    public async ValueTask<IntakeTicket> RejectAsync(
        IntakeTicket ticket, Origin origin, IReadOnlyList<Rejection> rejections, int rejectedCount, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (rejections.Count == 0) return ticket;

        DeadLetter letter = DeadLetter.Create(DeadLetterKind.Message, origin.Meter.Source, origin.Meter.Transport, origin.Topic, ObservationTime.FromUnixNs(origin.ReceivedNs), rejections, payload)
            with
        { RejectionCount = rejectedCount, Properties = origin.Properties, Retained = origin.Retained };
        long receipt = await deadLetters.AppendAsync(letter, cancellationToken);
        foreach (Rejection rejection in rejections) origin.Meter.Rejected(in rejection, origin.ReceivedNs);
        // Past the first hundred nobody noted why; they are counted with the last that is known, so that the sums hold.
        origin.Meter.RejectedMore(rejections[^1].Reason, rejectedCount - rejections.Count);
        return ticket with { DeadLetterReceipt = receipt };
    }

    /// <summary>Completes when everything of the message is on the disk.</summary>
    /// <exception cref="SpoolFailedException">It is not: do not acknowledge.</exception>
    public async ValueTask WaitDurableAsync(IntakeTicket ticket, Origin origin, CancellationToken cancellationToken)
    {
        if (ticket.SpoolReceipt > 0) await spool.WaitDurableAsync(ticket.SpoolReceipt, cancellationToken);
        if (ticket.DeadLetterReceipt > 0) await deadLetters.WaitDurableAsync(ticket.DeadLetterReceipt, cancellationToken);
        origin.Meter.Durable(clock.GetElapsedTime(origin.ReceivedTimestamp));
    }

    /// <summary>Whether room comes only from the store, which somebody must carry lines to.</summary>
    public bool IsFull => spool.IsFull;

    /// <summary>Completes when the spool takes messages again.</summary>
    /// <exception cref="SpoolFailedException">The disk has failed.</exception>
    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => spool.WaitForRoomAsync(cancellationToken);
}

/// <summary>What a sender waits for: the receipts of the spool and of the dead letters; 0 for nothing there.</summary>
internal readonly record struct IntakeTicket(long SpoolReceipt, long DeadLetterReceipt)
{
    /// <summary>A ticket for both messages.</summary>
    public IntakeTicket And(IntakeTicket other) => new(Spool.Both(SpoolReceipt, other.SpoolReceipt), Spool.Both(DeadLetterReceipt, other.DeadLetterReceipt));
}

/// <summary>Where and when a message came in.</summary>
/// <param name="Meter">Of its source and transport.</param>
/// <param name="Topic">The MQTT topic or the request's path.</param>
/// <param name="ReceivedNs">The time of arrival.</param>
/// <param name="ReceivedTimestamp">The same by the monotonic clock, for durations.</param>
internal readonly record struct Origin(SourceMeter Meter, string? Topic, long ReceivedNs, long ReceivedTimestamp)
{
    /// <summary>What travelled beside the payload, for a dead letter: set only where there is one. Without secrets.</summary>
    public IReadOnlyDictionary<string, string>? Properties { get; init; }

    /// <summary>A retained MQTT message.</summary>
    public bool Retained { get; init; }

    public static Origin Now(SourceMeter meter, string? topic, TimeProvider clock) => new(meter, topic, clock.UnixNs(), clock.GetTimestamp());
}
