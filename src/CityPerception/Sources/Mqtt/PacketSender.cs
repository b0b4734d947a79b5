using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Text;
using CityPerception.Core.Observations;
using CityPerception.Observability;
using CityPerception.Sources.Mqtt.Lane;
using Microsoft.AspNetCore.Connections;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace CityPerception.Sources.Mqtt;

/// <summary>
/// The sending half of a connection. MQTTnet's packets, the acknowledgements and the answers to pings come from three
/// loops; the pipe takes one writer at a time.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The semaphore holds no handle, and MQTTnet's send loop may still wait for it when the connection is disposed of.")]
internal sealed class PacketSender(PipeWriter output, MqttPacketFormatterAdapter formatter, TimeProvider clock) : IAckWriter
{
    // What a PUBACK or PUBREC has beside its reason in words: head, identifier, reason code, and lengths.
    private const int MaxBytesBesideReason = 16;

    private readonly SemaphoreSlim _turn = new(1);
    private DeliveryWindow? _deliveries;
    private uint _maxReasonBytes;
    private long _sent, _flushingSince;
    private bool _isUnflushed;

    /// <summary>Bytes, acknowledgements included.</summary>
    public long BytesSent => Volatile.Read(ref _sent);

    /// <summary>How long the peer has not taken what it is sent; zero while it does.</summary>
    public TimeSpan Stalled => Volatile.Read(ref _flushingSince) is > 0 and long since ? clock.GetElapsedTime(since) : TimeSpan.Zero;

    public void ResetStatistics() => Volatile.Write(ref _sent, 0);

    /// <summary>Learns what the client wants to be sent, before anything is.</summary>
    public void Heed(MqttConnectPacket connect)
    {
        if (formatter.ProtocolVersion != MqttProtocolVersion.V500) return;
        if (connect.ReceiveMaximum > 0) _deliveries = new DeliveryWindow(connect.ReceiveMaximum);
        // 3.1.2.11.7: only who asks for problem information gets reasons in words; and 3.4.2.2.2: only as long as its packets may be.
        if (connect.RequestProblemInformation) _maxReasonBytes = connect.MaximumPacketSize == 0 ? ushort.MaxValue : Math.Max(connect.MaximumPacketSize, MaxBytesBesideReason) - MaxBytesBesideReason;
    }

    public ValueTask SendAsync(MqttPacket packet, CancellationToken cancellationToken) => SendAsync(new Outgoing { Packet = packet, Flush = true }, cancellationToken);

    /// <summary>The subscriber has a message: one that waits for that may follow.</summary>
    public ValueTask FinishDeliveryAsync(ushort packetId, CancellationToken cancellationToken) =>
        _deliveries is null ? default : SendAsync(new Outgoing { Delivered = packetId, Flush = true }, cancellationToken);

    /// <summary>Puts into a PUBREC that nothing of the message could be used. Only MQTT 5 can say it (3.5.2.1).</summary>
    public void Explain(MqttPubRecPacket packet, PublishReceipt? receipt)
    {
        if (TryExplain(receipt, out string? reason)) (packet.ReasonCode, packet.ReasonString) = (MqttPubRecReasonCode.PayloadFormatInvalid, reason);
    }

    ValueTask IAckWriter.WriteAsync(ReadOnlyMemory<byte> packets, CancellationToken cancellationToken) => SendAsync(new Outgoing { Bytes = packets }, cancellationToken);

    ValueTask IAckWriter.WriteAsync(MqttPubAckPacket packet, PublishReceipt? receipt, CancellationToken cancellationToken)
    {
        if (TryExplain(receipt, out string? reason)) (packet.ReasonCode, packet.ReasonString) = (IsForeign(receipt) ? MqttPubAckReasonCode.NotAuthorized : MqttPubAckReasonCode.PayloadFormatInvalid, reason);
        return SendAsync(new Outgoing { Packet = packet }, cancellationToken);
    }

    ValueTask IAckWriter.FlushAsync(CancellationToken cancellationToken) => _isUnflushed ? SendAsync(new Outgoing { Flush = true }, cancellationToken) : default;

    private async ValueTask SendAsync(Outgoing what, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (!what.Bytes.IsEmpty) Write(what.Bytes.Span);
            MqttPacket? packet = what.Delivered > 0 ? _deliveries?.Finish(what.Delivered) : what.Packet;
            if (packet is not null && (what.Delivered > 0 || MayStart(packet))) Write(packet);
            if (what.Flush && _isUnflushed) await FlushAsync(cancellationToken);
        }
        catch (Exception e) when (e is ConnectionResetException or ConnectionAbortedException or IOException or InvalidOperationException)
        {
            throw new MqttCommunicationException(e);
        }
        finally
        {
            _turn.Release();
        }
    }

    private static bool IsForeign(PublishReceipt? receipt) => receipt is { First.Reason: RejectionReason.SenderForeign };

    private bool MayStart(MqttPacket packet) => packet is not MqttPublishPacket publish || _deliveries is null || _deliveries.TryStart(publish);

    private void Write(MqttPacket packet)
    {
        MqttPacketBuffer buffer = formatter.Encode(packet);
        Write(buffer.Packet.AsSpan());
        foreach (ReadOnlyMemory<byte> part in buffer.Payload) Write(part.Span);
        formatter.Cleanup();
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        Interlocked.Add(ref _sent, bytes.Length);
        _isUnflushed = true;
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        _isUnflushed = false;
        ValueTask<FlushResult> flush = output.FlushAsync(cancellationToken);
        if (!flush.IsCompleted) Volatile.Write(ref _flushingSince, clock.GetTimestamp());
        try
        {
            await flush;
        }
        finally
        {
            Volatile.Write(ref _flushingSince, 0);
        }
    }

    // The message is kept as a dead letter, and sending it again would change nothing.
    private bool TryExplain(PublishReceipt? receipt, out string? reason)
    {
        reason = null;
        if (receipt is not { IsRefused: true, First: var first } || formatter.ProtocolVersion != MqttProtocolVersion.V500) return false;
        string text = $"{IngestMetrics.ReasonNames[first.Reason]}: {first.Path}: {first.Detail}";
        if (Encoding.UTF8.GetByteCount(text) <= _maxReasonBytes) reason = text;
        return true;
    }

    /// <summary>What to send in one turn.</summary>
    private readonly record struct Outgoing
    {
        /// <summary>Packets that are bytes already.</summary>
        public ReadOnlyMemory<byte> Bytes { get; init; }

        public MqttPacket? Packet { get; init; }

        /// <summary>The identifier of a message that the subscriber has: send what waited for it.</summary>
        public ushort Delivered { get; init; }

        public bool Flush { get; init; }
    }
}
