using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using CityPerception.Core.Mapping;
using CityPerception.Hosting;
using CityPerception.Sources.Mqtt.Lane;
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
/// One MQTT connection, between Kestrel's pipe and MQTTnet's broker. MQTTnet keeps sessions, subscriptions and keep-alive.
/// Here a PUBLISH of an ingest topic is mapped and appended as it is read: by the lane, many at once and past MQTTnet,
/// where that is possible (<see cref="PublishLane"/>); else one by one, and MQTTnet gets it too. Acknowledgements are held
/// back until what they stand for is durable; reading goes on meanwhile, so that one commit serves many messages.
/// </summary>
internal sealed class BrokerChannel : IMqttChannelAdapter, IAckWriter
{
    private readonly ConnectionContext _connection;
    private readonly MqttIngest _ingest;
    private readonly Intake _intake;
    private readonly PublishLane _lane;
    private readonly AckQueue _acks;
    private readonly MqttOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly PipeReader _input;
    private readonly PipeWriter _output;
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly SemaphoreSlim _window;
    private readonly ConcurrentDictionary<ushort, PublishReceipt> _unacknowledged = new();
    private readonly TopicAliases _aliases = new();
    private readonly MappingRun _run;
    private MqttConnectPacket? _will;
    private string? _givenName;
    private TimeSpan _keepAlive;
    private Task? _acknowledging;
    private bool _isConnected;
    private int _ownPings;
    private long _received, _sent, _handedOver;

    public BrokerChannel(ConnectionContext connection, MqttIngest ingest, Intake intake, LaneTopics topics, MqttOptions options, TimeProvider clock, ILogger logger)
    {
        (_connection, _ingest, _intake, _options, _clock, _logger) = (connection, ingest, intake, options, clock, logger);
        (_input, _output) = (connection.Transport.Input, connection.Transport.Output);
        _window = new SemaphoreSlim(options.MaxInFlight);
        _run = new MappingRun();
        _lane = new PublishLane(topics, _aliases, _run, clock);
        _acks = new AckQueue(ingest, intake, this, options.MaxInFlight);
    }

    public MqttPacketFormatterAdapter PacketFormatterAdapter { get; } = new(new MqttBufferWriter(4096, 65_535));

    public EndPoint? RemoteEndPoint => _connection.RemoteEndPoint;

    public EndPoint? LocalEndPoint => _connection.LocalEndPoint;

    public bool IsSecureConnection => _connection.Features.Get<ITlsConnectionFeature>() is not null || _connection.Features.Get<ITlsHandshakeFeature>() is not null;

    public X509Certificate2? ClientCertificate => _connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate;

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
            if (Volatile.Read(ref _isConnected)) _acknowledging ??= Task.Run(AcknowledgeAsync, CancellationToken.None);
            MqttPacket? packet = await ReadPacketAsync(cancellationToken);
            if (_isConnected && packet is MqttPublishPacket publish) await AcceptAsync(publish, cancellationToken);
            _handedOver = _clock.GetTimestamp();
            if (packet is MqttConnectPacket connect) Welcome(connect);
            if (packet is MqttDisconnectPacket { ReasonCode: MqttDisconnectReasonCode.NormalDisconnection }) _will = null; // 3.14.4
            return packet;
        }
        catch (PacketException e)
        {
            _logger.BadPacket(_connection.RemoteEndPoint, e.Message);
            await SayWhyAsync(e.IsTooLarge ? MqttDisconnectReasonCode.PacketTooLarge : MqttDisconnectReasonCode.MalformedPacket, cancellationToken);
            return null;
        }
        catch (SpoolFailedException e)
        {
            _logger.ClosedUnacknowledged(_connection.RemoteEndPoint, e.Message);
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
        if (packet is MqttPubAckPacket acknowledgement && _acks.TryComplete(acknowledgement)) return;
        if (packet is MqttPubRecPacket received) await HoldAsync(received, cancellationToken);
        if (packet is MqttPingRespPacket && Volatile.Read(ref _ownPings) > 0)
        {
            Interlocked.Decrement(ref _ownPings);
            return;
        }

        if (packet is MqttConnAckPacket { ReasonCode: MqttConnectReasonCode.Success } connAck) Complete(connAck);
        await SendAsync(() => Write(packet), flush: true, cancellationToken);
        if (packet is MqttConnAckPacket { ReasonCode: MqttConnectReasonCode.Success }) Volatile.Write(ref _isConnected, true);
    }

    ValueTask IAckWriter.WriteAsync(ReadOnlyMemory<byte> packets, CancellationToken cancellationToken) =>
        SendAsync(() => _output.Write(packets.Span), flush: false, cancellationToken);

    ValueTask IAckWriter.WriteAsync(MqttPubAckPacket packet, PublishReceipt? receipt, CancellationToken cancellationToken)
    {
        if (receipt is { IsRefused: true } refused) TellRefusal(packet, refused);
        return SendAsync(() => Write(packet), flush: false, cancellationToken);
    }

    ValueTask IAckWriter.FlushAsync(CancellationToken cancellationToken) => SendAsync(static () => { }, flush: true, cancellationToken);

    private void Write(MqttPacket packet)
    {
        MqttPacketBuffer buffer = PacketFormatterAdapter.Encode(packet);
        _output.Write(buffer.Packet.AsSpan());
        foreach (ReadOnlyMemory<byte> part in buffer.Payload) _output.Write(part.Span);
        Interlocked.Add(ref _sent, buffer.Length);
        PacketFormatterAdapter.Cleanup();
    }

    // MQTTnet's packets and the acknowledgements come from two loops; the pipe takes one writer at a time.
    private async ValueTask SendAsync(Action write, bool flush, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            write();
            if (flush) await _output.FlushAsync(cancellationToken);
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
            await _ingest.AcceptAsync(will.WillTopic, will.WillMessage, will.WillUserProperties, _run, CancellationToken.None);
        }
        catch (SpoolFailedException e)
        {
            _logger.WillLost(will.ClientId, will.WillTopic, e.Message);
        }
    }

    public void Dispose()
    {
        // Only this: MQTTnet disposes too, and the loops may still be on their way out.
        _closing.Cancel();
    }

    // Ends with the connection: what is not acknowledged by then comes again.
    private async Task AcknowledgeAsync()
    {
        try
        {
            await _acks.RunAsync(_closing.Token);
        }
        catch (SpoolFailedException e)
        {
            Abort(e);
        }
        catch (Exception e) when (e is OperationCanceledException or MqttCommunicationException)
        {
            // The connection is gone.
        }
    }

    private void Abort(SpoolFailedException e)
    {
        _logger.ClosedUnacknowledged(_connection.RemoteEndPoint, e.Message);
        _connection.Abort(new ConnectionAbortedException("The message could not be made durable."));
    }

    private async ValueTask<MqttPacket?> ReadPacketAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult read = await _input.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> buffer = read.Buffer;
            bool isConnected = Volatile.Read(ref _isConnected);
            if (isConnected && _lane.Take(in buffer, _options.MaxPacketBytes, PacketFormatterAdapter.ProtocolVersion == MqttProtocolVersion.V500) is > 0 and int taken)
            {
                _input.AdvanceTo(buffer.GetPosition(taken));
                Interlocked.Add(ref _received, taken);
                await AppendAsync(_lane.Batch, cancellationToken);
                if (WantsPing()) return MqttPingReqPacket.Instance;
                continue;
            }

            int limit = isConnected ? _options.MaxPacketBytes : Math.Min(_options.MaxPacketBytes, MqttOptions.MaxConnectBytes);
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

    private async ValueTask AppendAsync(LaneBatch batch, CancellationToken cancellationToken)
    {
        Origin origin = batch.Origin;
        origin.Meter.Received(batch.Messages, batch.Bytes, origin.ReceivedNs);
        if (batch.Filtered > 0) origin.Meter.FilteredElements(batch.Filtered);
        IntakeTicket ticket = default;
        while (!_intake.TryAppend(origin.Meter, batch.Lines.Written, batch.Lines.LineCount, origin.ReceivedNs, ref ticket)) await _intake.WaitForRoomAsync(cancellationToken);
        if (batch.AckCount == 0) return;

        byte[] acks = ArrayPool<byte>.Shared.Rent(batch.AckCount * LaneBatch.AckBytes);
        await _acks.AddAsync(acks, batch.WriteAcks(acks), ticket, origin, cancellationToken);
    }

    // MQTTnet counts only the packets that it sees: while the lane has them all it would close the connection for silence.
    // Now and then it gets a ping, whose answer goes nowhere.
    private bool WantsPing()
    {
        if (_keepAlive == TimeSpan.Zero || _clock.GetElapsedTime(_handedOver) < _keepAlive / 2) return false;
        Interlocked.Increment(ref _ownPings);
        return true;
    }

    private void Welcome(MqttConnectPacket connect)
    {
        _keepAlive = TimeSpan.FromSeconds(connect.KeepAlivePeriod);
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
        if (topic.AsSpan().ContainsAny('+', '#', '\0')) throw new PacketException("a topic name with a wildcard (3.3.2.1), which MQTTnet would take");
        ReadOnlyMemory<byte> payload = publish.Payload.IsSingleSegment ? publish.Payload.First : publish.Payload.ToArray();
        PublishReceipt? receipt = await _ingest.AcceptAsync(topic, payload, publish.UserProperties, _run, cancellationToken);
        if (publish.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtLeastOnce) await _acks.AddHeldAsync(publish.PacketIdentifier, receipt, cancellationToken);
        if (receipt is null || publish.QualityOfServiceLevel != MqttQualityOfServiceLevel.ExactlyOnce) return;

        // Past the window reading stops, and TCP tells the sender to wait.
        await _window.WaitAsync(cancellationToken);
        if (!_unacknowledged.TryAdd(publish.PacketIdentifier, receipt.Value))
        {
            // The sender reuses an identifier that is under way (a repeat): the later place covers both.
            _window.Release();
            _unacknowledged[publish.PacketIdentifier] = receipt.Value;
        }
    }

    // QoS 2: MQTTnet sends PUBRECs in the order of arrival, so those behind wait for nothing that is not needed.
    private async ValueTask HoldAsync(MqttPubRecPacket packet, CancellationToken cancellationToken)
    {
        if (!_unacknowledged.TryRemove(packet.PacketIdentifier, out PublishReceipt receipt)) return;
        _window.Release();
        try
        {
            await _ingest.WaitDurableAsync(receipt, cancellationToken);
        }
        catch (SpoolFailedException e)
        {
            Abort(e);
            throw new MqttCommunicationException(e);
        }

        if (receipt.IsRefused) TellRefusal(packet, receipt);
    }

    // MQTTnet promises 65,535 aliases and any size, and would keep 64 KiB for each alias.
    private void Complete(MqttConnAckPacket connAck)
    {
        if (_givenName is not null) connAck.AssignedClientIdentifier = _givenName;
        connAck.TopicAliasMaximum = TopicAliases.Max;
        connAck.MaximumPacketSize = (uint)_options.MaxPacketBytes;
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
