using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using CityPerception.Core.Mapping;
using CityPerception.Hosting;
using CityPerception.Storage.Spooling;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using MQTTnet.Adapter;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace CityPerception.Sources.Mqtt;

/// <summary>
/// One MQTT connection, between Kestrel's pipe and MQTTnet's broker. MQTTnet keeps sessions, subscriptions and keep-alive;
/// here a PUBLISH of an ingest topic is mapped and appended as it is read, and its acknowledgement is held back until it
/// is durable. Reading goes on meanwhile, so that one commit serves many messages.
/// </summary>
internal sealed class BrokerChannel(ConnectionContext connection, MqttIngest ingest, MqttOptions options, ILogger logger) : IMqttChannelAdapter
{
    private readonly PipeReader _input = connection.Transport.Input;
    private readonly PipeWriter _output = connection.Transport.Output;
    private readonly SemaphoreSlim _sending = new(1);
    private readonly SemaphoreSlim _window = new(options.MaxInFlight);
    private readonly ConcurrentDictionary<ushort, PublishReceipt> _unacknowledged = new();
    private readonly TopicAliases _aliases = new();
    private readonly MappingRun _run = new();
    private MqttConnectPacket? _will;
    private string? _givenName;
    private bool _isConnected;
    private long _received, _sent;

    public MqttPacketFormatterAdapter PacketFormatterAdapter { get; } = new(new MqttBufferWriter(4096, 65_535));

    public EndPoint? RemoteEndPoint => connection.RemoteEndPoint;

    public EndPoint? LocalEndPoint => connection.LocalEndPoint;

    public bool IsSecureConnection => connection.Features.Get<ITlsConnectionFeature>() is not null || connection.Features.Get<ITlsHandshakeFeature>() is not null;

    public X509Certificate2? ClientCertificate => connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate;

    public long BytesReceived => Volatile.Read(ref _received);

    public long BytesSent => Volatile.Read(ref _sent);

    public void ResetStatistics()
    {
        Volatile.Write(ref _received, 0);
        Volatile.Write(ref _sent, 0);
    }

    public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task DisconnectAsync(CancellationToken cancellationToken)
    {
        await _input.CompleteAsync();
        await _output.CompleteAsync();
    }

    /// <summary>The next packet for MQTTnet; null when the peer has gone.</summary>
    public async Task<MqttPacket?> ReceivePacketAsync(CancellationToken cancellationToken)
    {
        try
        {
            MqttPacket? packet = await ReadPacketAsync(cancellationToken);
            if (_isConnected && packet is MqttPublishPacket publish) await AcceptAsync(publish, cancellationToken);
            if (packet is MqttConnectPacket connect) Welcome(connect);
            if (packet is MqttDisconnectPacket { ReasonCode: MqttDisconnectReasonCode.NormalDisconnection }) _will = null; // 3.14.4
            return packet;
        }
        catch (PacketException e)
        {
            logger.BadPacket(connection.RemoteEndPoint, e.Message);
            await SayWhyAsync(e.IsTooLarge ? MqttDisconnectReasonCode.PacketTooLarge : MqttDisconnectReasonCode.MalformedPacket, cancellationToken);
            return null;
        }
        catch (SpoolFailedException e)
        {
            logger.ClosedUnacknowledged(connection.RemoteEndPoint, e.Message);
            await SayWhyAsync(MqttDisconnectReasonCode.ServerBusy, cancellationToken);
            return null;
        }
        catch (Exception e) when (e is ConnectionResetException or ConnectionAbortedException or IOException or InvalidOperationException)
        {
            return null; // the peer is gone: what was not acknowledged comes again
        }
    }

    public async Task SendPacketAsync(MqttPacket packet, CancellationToken cancellationToken)
    {
        if (packet is MqttPubAckPacket or MqttPubRecPacket) await HoldAsync(packet, cancellationToken);

        await _sending.WaitAsync(cancellationToken);
        try
        {
            if (packet is MqttConnAckPacket { ReasonCode: MqttConnectReasonCode.Success } connAck) Complete(connAck);
            MqttPacketBuffer buffer = PacketFormatterAdapter.Encode(packet);
            _output.Write(buffer.Packet.AsSpan());
            foreach (ReadOnlyMemory<byte> part in buffer.Payload) _output.Write(part.Span);
            Interlocked.Add(ref _sent, buffer.Length);
            PacketFormatterAdapter.Cleanup();
            await _output.FlushAsync(cancellationToken);
            if (packet is MqttConnAckPacket { ReasonCode: MqttConnectReasonCode.Success }) Volatile.Write(ref _isConnected, true);
        }
        catch (Exception e) when (e is ConnectionResetException or ConnectionAbortedException or IOException or InvalidOperationException)
        {
            throw new MqttCommunicationException(e);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>
    /// Call it once the connection has ended: takes the will of a client that went without a word, as if it had been
    /// published. MQTTnet hands a will to subscribers only.
    /// </summary>
    public async Task TakeWillAsync()
    {
        if (_will is not { } will || !Volatile.Read(ref _isConnected)) return;
        try
        {
            await ingest.AcceptAsync(will.WillTopic, will.WillMessage, will.WillUserProperties, _run, CancellationToken.None);
        }
        catch (SpoolFailedException e)
        {
            logger.WillLost(will.ClientId, will.WillTopic, e.Message);
        }
    }

    public void Dispose()
    {
        _sending.Dispose();
        _window.Dispose();
    }

    private async ValueTask<MqttPacket?> ReadPacketAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult read = await _input.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> buffer = read.Buffer;
            int limit = Volatile.Read(ref _isConnected) ? options.MaxPacketBytes : Math.Min(options.MaxPacketBytes, MqttOptions.MaxConnectBytes);
            if (PacketReader.TryRead(in buffer, limit, out byte first, out ReadOnlySequence<byte> body))
            {
                long length = buffer.GetOffset(body.End) - buffer.GetOffset(buffer.Start);
                Interlocked.Add(ref _received, length);
                var packet = new ReceivedMqttPacket(first, new ArraySegment<byte>(body.ToArray()), (int)length);
                _input.AdvanceTo(body.End);
                return Decode(packet);
            }

            if (read.IsCompleted || read.IsCanceled) return null;
            _input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private void Welcome(MqttConnectPacket connect)
    {
        if (connect.WillFlag) _will = connect;
        // A client without a name is given one (3.1.3.1), as mosquitto_pub expects; MQTTnet would refuse it. MQTT 3 cannot
        // tell it its name, so it may not ask for a session that lasts.
        if (!string.IsNullOrEmpty(connect.ClientId) || (!connect.CleanSession && PacketFormatterAdapter.ProtocolVersion != MqttProtocolVersion.V500)) return;
        connect.ClientId = _givenName = Guid.NewGuid().ToString("N");
    }

    private MqttPacket? Decode(ReceivedMqttPacket packet)
    {
        try
        {
            if (PacketFormatterAdapter.ProtocolVersion == MqttProtocolVersion.Unknown) PacketFormatterAdapter.DetectProtocolVersion(packet);
            return PacketFormatterAdapter.Decode(packet);
        }
        catch (Exception e) when (e is MqttProtocolViolationException or NotSupportedException or ArgumentException or IndexOutOfRangeException or FormatException)
        {
            throw new PacketException("a packet that is not MQTT: " + e.Message);
        }
    }

    private async ValueTask AcceptAsync(MqttPublishPacket publish, CancellationToken cancellationToken)
    {
        string topic = _aliases.Resolve(publish) ?? throw new PacketException($"the topic alias {publish.TopicAlias} stands for nothing, or is beyond {TopicAliases.Max}");
        ReadOnlyMemory<byte> payload = publish.Payload.IsSingleSegment ? publish.Payload.First : publish.Payload.ToArray();
        PublishReceipt? receipt = await ingest.AcceptAsync(topic, payload, publish.UserProperties, _run, cancellationToken);
        if (receipt is null || publish.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce) return;

        // Past the window reading stops, and TCP tells the sender to wait.
        await _window.WaitAsync(cancellationToken);
        if (!_unacknowledged.TryAdd(publish.PacketIdentifier, receipt.Value))
        {
            // The sender reuses an identifier that is under way (a repeat): the later place covers both.
            _window.Release();
            _unacknowledged[publish.PacketIdentifier] = receipt.Value;
        }
    }

    // MQTTnet sends acknowledgements in the order of arrival, so those behind wait for nothing that is not needed.
    private async ValueTask HoldAsync(MqttPacket packet, CancellationToken cancellationToken)
    {
        ushort id = ((MqttPacketWithIdentifier)packet).PacketIdentifier;
        if (!_unacknowledged.TryRemove(id, out PublishReceipt receipt)) return;
        _window.Release();
        try
        {
            await ingest.WaitDurableAsync(receipt, cancellationToken);
        }
        catch (SpoolFailedException e)
        {
            logger.ClosedUnacknowledged(connection.RemoteEndPoint, e.Message);
            connection.Abort(new ConnectionAbortedException("The message could not be made durable."));
            throw new MqttCommunicationException(e);
        }

        if (receipt.IsRefused) TellRefusal(packet, receipt);
    }

    // MQTTnet promises 65,535 aliases and any size, and would keep 64 KiB for each alias.
    private void Complete(MqttConnAckPacket connAck)
    {
        if (_givenName is not null) connAck.AssignedClientIdentifier = _givenName;
        connAck.TopicAliasMaximum = TopicAliases.Max;
        connAck.MaximumPacketSize = (uint)options.MaxPacketBytes;
    }

    // Only MQTT 5 can say it (3.4.2.1): the message is kept as a dead letter, and sending it again would change nothing.
    private void TellRefusal(MqttPacket packet, PublishReceipt receipt)
    {
        if (PacketFormatterAdapter.ProtocolVersion != MqttProtocolVersion.V500) return;
        string reason = $"{Observability.IngestMetrics.ReasonNames[receipt.First.Reason]}: {receipt.First.Path}: {receipt.First.Detail}";
        if (packet is MqttPubAckPacket ack) (ack.ReasonCode, ack.ReasonString) = (MqttPubAckReasonCode.PayloadFormatInvalid, reason);
        if (packet is MqttPubRecPacket rec) (rec.ReasonCode, rec.ReasonString) = (MqttPubRecReasonCode.PayloadFormatInvalid, reason);
    }

    private async ValueTask SayWhyAsync(MqttDisconnectReasonCode reason, CancellationToken cancellationToken)
    {
        if (!Volatile.Read(ref _isConnected) || PacketFormatterAdapter.ProtocolVersion != MqttProtocolVersion.V500) return;
        try
        {
            await SendPacketAsync(new MqttDisconnectPacket { ReasonCode = reason }, cancellationToken);
        }
        catch (MqttCommunicationException)
        {
            // It has gone already.
        }
    }
}
