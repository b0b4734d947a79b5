using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Core.Text.Understanding;
using CityPerception.Observability;
using CityPerception.Scoring;
using CityPerception.Sources.Devices;
using CityPerception.Sources.Mqtt.Azure;
using MQTTnet.Packets;

namespace CityPerception.Sources.Mqtt;

/// <summary>Takes the PUBLISH packets of ingest topics, whichever connection they come by.</summary>
internal sealed class MqttIngest(Intake intake, ExternalScorer scorer, TopicRoutes routes, IngestMetrics metrics, KnownDevices known, TimeProvider clock)
{
    public const string Transport = "mqtt";

    /// <summary>Maps and appends a message, which came with the credentials of a device or of none, for each source of its topic. Null if there is none: the topic is not for ingest.</summary>
    /// <exception cref="Storage.Spooling.SpoolFailedException">The disk has failed: do not acknowledge.</exception>
    public ValueTask<PublishReceipt?> AcceptAsync(string topic, ReadOnlyMemory<byte> payload, List<MqttUserProperty>? properties, MessageSender? sender, MappingRun run, CancellationToken cancellationToken) =>
        AcceptAsync(topic, payload, properties, isRetained: false, sender, run, cancellationToken);

    /// <summary>The same for a message that a broker may have kept.</summary>
    /// <exception cref="Storage.Spooling.SpoolFailedException">The disk has failed: do not acknowledge.</exception>
    public async ValueTask<PublishReceipt?> AcceptAsync(string topic, ReadOnlyMemory<byte> payload, List<MqttUserProperty>? properties, bool isRetained, MessageSender? sender, MappingRun run, CancellationToken cancellationToken)
    {
        TopicRoute route = routes.Find(topic);
        // Once, whoever takes it and however long the spool is full.
        MessageContext? context = isRetained ? null : route.Sparkplug?.Take(payload.Span, clock.UnixNs());
        if (route.Sources.Length == 0) return route.IsSparkplug ? LeaveOut(topic, payload.Length) : null;
        if (AzureTopic.TryParse(topic, out AzureTopic azure))
        {
            AzureMessage opened = AzureMessage.Open(azure, payload, properties, routes.MaxDecompressedBytes);
            if (opened.Fault is { } fault) return await RefuseAsync(topic, payload, properties, fault, cancellationToken);
            (topic, payload, properties) = (route.Topic, opened.Payload, opened.Properties);
        }

        UserProperties? found = properties is { Count: > 0 } ? new UserProperties(properties) : null;
        PublishReceipt receipt = default;
        foreach ((CompiledSource source, SourceMeter meter) in route.Sources)
        {
            Origin origin = Origin.Now(meter, topic, clock);
            meter.Received(1, payload.Length, origin.ReceivedNs);
            TextScores? scores = await scorer.AskAsync(source, Message(payload, route, found, context, isRetained, sender, origin, null), run, cancellationToken);
            IntakeTicket ticket;
            while (!intake.TryAppend(source, meter, Message(payload, route, found, context, isRetained, sender, origin, scores), run, out ticket)) await intake.WaitForRoomAsync(cancellationToken);

            if (run.FilteredCount > 0) meter.FilteredElements(run.FilteredCount);
            if (run.RejectedCount > 0)
                ticket = await intake.RejectAsync(ticket, origin with { Properties = UserProperties.ToKeep(properties), Retained = isRetained }, run.Rejections, run.RejectedCount, payload, cancellationToken);
            receipt = receipt.And(origin, ticket, run);
        }

        return receipt;
    }

    /// <summary>Whether messages of this topic are of use here, though nobody subscribes to it.</summary>
    public bool IsIngestTopic(string topic) => routes.Find(topic) is { Sources.Length: > 0 } or { IsSparkplug: true };

    /// <summary>A message that no source maps and nobody subscribes to: it is kept, so that it can be replayed when a source is written for it.</summary>
    /// <param name="isAcknowledged">Its sender waits for an acknowledgement.</param>
    public async Task KeepUnknownAsync(string topic, ReadOnlyMemory<byte> payload, List<MqttUserProperty>? properties, bool isAcknowledged, CancellationToken cancellationToken)
    {
        var rejection = new Rejection(RejectionReason.SourceUnknown, 0, topic, "no source has a topic filter that matches, and nobody subscribes to it");
        PublishReceipt receipt = await RefuseAsync(topic, payload, properties, rejection, cancellationToken);
        await intake.WaitDurableAsync(receipt.Ticket, receipt.Origin, cancellationToken);
        if (isAcknowledged) receipt.Origin.Meter.AcknowledgedMessages(1);
    }

    /// <summary>Keeps a whole message as a dead letter, unmapped.</summary>
    /// <exception cref="IOException">The disk has failed: do not acknowledge.</exception>
    public async ValueTask<PublishReceipt> RefuseAsync(string topic, ReadOnlyMemory<byte> payload, List<MqttUserProperty>? properties, Rejection rejection, CancellationToken cancellationToken)
    {
        TopicRoute route = routes.Find(topic);
        SourceMeter meter = route.Sources is [(_, SourceMeter of), ..] ? of : metrics.For(IngestMetrics.NoSource, Transport);
        if (AzureTopic.TryParse(topic, out AzureTopic azure)) properties = [.. azure.ReadProperties(), .. properties ?? []];
        Origin origin = Origin.Now(meter, route.Topic, clock) with { Properties = UserProperties.ToKeep(properties) };
        meter.Received(1, payload.Length, origin.ReceivedNs);
        IntakeTicket ticket = await intake.RejectAsync(default, origin, [rejection], 1, payload, cancellationToken);
        return new PublishReceipt(origin, ticket, IsRefused: true, rejection);
    }

    // A message of a Sparkplug node that no source maps: it had its part in the session, and that is all.
    private PublishReceipt LeaveOut(string topic, int bytes)
    {
        Origin origin = Origin.Now(metrics.For(IngestMetrics.NoSource, Transport), topic, clock);
        origin.Meter.Received(1, bytes, origin.ReceivedNs);
        origin.Meter.FilteredElements(1);
        return new PublishReceipt(origin, default, IsRefused: false, default);
    }

    /// <summary>Completes when the message may be acknowledged.</summary>
    /// <exception cref="Storage.Spooling.SpoolFailedException">It may not.</exception>
    public async ValueTask WaitDurableAsync(PublishReceipt receipt, CancellationToken cancellationToken)
    {
        await intake.WaitDurableAsync(receipt.Ticket, receipt.Origin, cancellationToken);
        receipt.Origin.Meter.AcknowledgedMessages(1);
    }

    private Message Message(ReadOnlyMemory<byte> payload, TopicRoute route, UserProperties? properties, MessageContext? context, bool isRetained, MessageSender? sender, Origin origin, TextScores? scores) => new()
    {
        Payload = payload.Span,
        Topic = route.TopicUtf8,
        Properties = properties,
        ReceivedNs = origin.ReceivedNs,
        Retained = isRetained,
        Context = context,
        Devices = known.InUse,
        Sender = sender,
        Scores = scores,
    };
}

/// <summary>What the acknowledgement of a PUBLISH waits for, and what it will say.</summary>
/// <param name="Origin">Of the last source that took it.</param>
/// <param name="Ticket">The furthest places in spool and dead letters.</param>
/// <param name="IsRefused">Nothing of it was accepted: MQTT 5 senders are told.</param>
/// <param name="First">The first rejection.</param>
internal readonly record struct PublishReceipt(Origin Origin, IntakeTicket Ticket, bool IsRefused, Rejection First)
{
    public PublishReceipt And(Origin origin, IntakeTicket ticket, MappingRun run)
    {
        bool refused = run.IsRefused;
        return new PublishReceipt(
            origin,
            Ticket.And(ticket),
            refused && (IsRefused || Origin == default),
            refused && First == default ? run.Rejections[0] : First);
    }
}
