using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using CityPerception.Core.Mapping;
using CityPerception.Hosting;
using CityPerception.Sources.Mqtt.Access;
using CityPerception.Sources.Mqtt.Azure;
using CityPerception.Sources.Mqtt.Lane;
using CityPerception.Storage.Operations.Devices;
using CityPerception.Storage.Spooling;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Http.Features;
using MQTTnet.Adapter;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace CityPerception.Sources.Mqtt;

/// <summary>
/// One MQTT connection, between Kestrel's pipe and MQTTnet's broker. MQTTnet keeps sessions, subscriptions and retained
/// messages. Here a PUBLISH of an ingest topic is mapped and appended as it is read: by the lane, many at once and past
/// MQTTnet, where that is possible (<see cref="PublishLane"/>); else one by one, and MQTTnet gets it too. Acknowledgements
/// are held back until what they stand for is durable; reading goes on meanwhile, so that one commit serves many messages.
/// </summary>
internal sealed class BrokerChannel : IMqttChannelAdapter
{
    // To be told why; one that is not read, or takes nothing, is not.
    private static readonly TimeSpan GraceOfRevoked = TimeSpan.FromSeconds(1);

    private readonly ConnectionContext _connection;
    private readonly MqttIngest _ingest;
    private readonly MqttOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly PacketReceiver _receiver;
    private readonly PacketSender _sender;
    private readonly InFlightWindow _window;
    private readonly AckQueue _acks;
    private readonly BrokerAnswers _answers;
    private readonly PublishLane _lane;
    private readonly LastWill _will;
    private readonly AzureSession _azure;
    private readonly ClientAccess _access;
    private readonly SendingRate _rate;
    private readonly TopicAliases _aliases = new();
    private readonly CancellationTokenSource _closing = new();
    private MappingRun? _run;
    private bool _hasConnect;
    private string? _givenName;
    private TimeSpan _keepAlive;
    private Task _acknowledging = Task.CompletedTask;
    private volatile bool _isConnected;
    private long _revokedAt;

    public BrokerChannel(ConnectionContext connection, BrokerParts parts)
    {
        (_connection, _ingest, _options, _clock, _logger) = (connection, parts.Ingest, parts.Options.Value, parts.Clock, parts.Logger);
        _receiver = new PacketReceiver(connection.Transport.Input, PacketFormatterAdapter, _clock);
        _sender = new PacketSender(connection.Transport.Output, PacketFormatterAdapter, _clock);
        _window = new InFlightWindow(_options, parts.InFlight);
        _answers = new BrokerAnswers(_window);
        _acks = new AckQueue(_ingest, parts.Intake, _sender, _window);
        var foreign = new ForeignMessages(_ingest, _acks, _logger);
        _azure = new AzureSession(parts.Azure, _sender, _acks, foreign);
        _access = new ClientAccess(parts.Gate, _azure, foreign, _sender, Hosting.ClientCertificate.Of(connection), connection.RemoteEndPoint, _logger);
        _rate = new SendingRate(parts.Rates);
        _will = new LastWill(_ingest, _access, _logger);
        _lane = new PublishLane(new LaneTopics(parts.Routes, parts.Plan, parts.Subscriptions, _access.MayPublish), _access, _rate, _aliases, parts.Works, parts.Intake, _acks, _options.MaxPacketBytes, _clock);
    }

    public MqttPacketFormatterAdapter PacketFormatterAdapter { get; } = new(new MqttBufferWriter(256, 65_535));

    public EndPoint? RemoteEndPoint => _connection.RemoteEndPoint;
    public EndPoint? LocalEndPoint => _connection.LocalEndPoint;

    public bool IsSecureConnection => _connection.Features.Get<ITlsHandshakeFeature>() is not null || _connection.GetHttpContext() is { Request.IsHttps: true };

    public X509Certificate2? ClientCertificate => _connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate ?? _connection.GetHttpContext()?.Connection.ClientCertificate;

    /// <summary>The devices whose changes it has to heed.</summary>
    public IReadOnlyList<string> DeviceNames => _access.Names;

    public long BytesReceived => _receiver.BytesReceived;
    public long BytesSent => _sender.BytesSent;

    private bool IsV5 => PacketFormatterAdapter.ProtocolVersion == MqttProtocolVersion.V500;

    public void ResetStatistics()
    {
        _receiver.ResetStatistics();
        _sender.ResetStatistics();
    }

    public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public async Task DisconnectAsync(CancellationToken cancellationToken)
    {
        await _connection.Transport.Input.CompleteAsync();
        try
        {
            await _connection.Transport.Output.CompleteAsync();
        }
        catch (NotSupportedException)
        {
            _connection.Abort(); // TLS allows one write at a time, and one is under way: the peer does not read
        }
    }

    /// <summary>The next packet for MQTTnet; null when the peer has gone.</summary>
    public async Task<MqttPacket?> ReceivePacketAsync(CancellationToken cancellationToken)
    {
        try
        {
            MqttPacket? packet = await ReadPacketAsync(cancellationToken);
            if (packet is not null) await NoteAsync(packet, cancellationToken);
            return packet;
        }
        catch (PacketException e)
        {
            _logger.BadPacket(_connection.RemoteEndPoint, e.Message);
            await SayWhyAsync(e.Reason, cancellationToken);
            return null;
        }
        catch (SpoolFailedException e)
        {
            _logger.ClosedUnacknowledged(_connection.RemoteEndPoint, e.Message);
            await SayWhyAsync(MqttDisconnectReasonCode.ServerBusy, cancellationToken);
            return null;
        }
        catch (Exception e) when (e is ConnectionResetException or ConnectionAbortedException or IOException or InvalidOperationException or MqttCommunicationException)
        {
            return null; // the peer is gone: what was not acknowledged comes again
        }
    }

    public async Task SendPacketAsync(MqttPacket packet, CancellationToken cancellationToken)
    {
        switch (packet)
        {
            case MqttPubAckPacket acknowledgement:
                _acks.Complete(acknowledgement);
                return;
            case MqttPubRecPacket received:
                if (!_answers.TryTakeReceived(received.PacketIdentifier, out PublishReceipt? receipt)) return;
                await WaitDurableAsync(receipt, cancellationToken);
                _sender.Explain(received, receipt);
                break;
            case MqttDisconnectPacket when _sender.Stalled > TimeSpan.Zero:
                return; // MQTTnet lets all new connections wait for this one to be told
            case MqttConnAckPacket { ReasonCode: MqttConnectReasonCode.Success } connAck:
                Complete(connAck);
                await _sender.SendAsync(connAck, cancellationToken);
                _acknowledging = AcknowledgeAsync();
                _isConnected = true;
                return;
        }

        _answers.Sent(packet);
        await _sender.SendAsync(packet, cancellationToken);
    }

    /// <summary>
    /// Ends the connection if the peer has said nothing for one and a half times its keep-alive, or takes nothing of what it
    /// is sent. MQTTnet's own watch would count the time in which the connection is not read, because the spool is full.
    /// </summary>
    public void CheckPeer()
    {
        if (_keepAlive > TimeSpan.Zero && _receiver.Silence > 1.5 * _keepAlive) _receiver.GiveUp();
        if (_sender.Stalled > _options.SendTimeout) Abort("The client does not take what it is sent.");
        if (_azure.Expires()) Abort("The device's token or certificate has expired.");
        if (_access.LosesAuthority()) End("no authority has signed its certificate any more");
        if (Volatile.Read(ref _revokedAt) is > 0 and long since && _clock.GetElapsedTime(since) > GraceOfRevoked) Abort("The device may not be connected any more.");
    }

    /// <summary>Ends the connection if its device is one of those that have changed, and may not be connected as it is any more.</summary>
    public bool EndIfRevoked(IReadOnlyDictionary<string, Device> changed)
    {
        if (_access.FindRevoked(changed) is not { } device || Volatile.Read(ref _revokedAt) > 0) return false;
        _logger.Revoked(device);
        End("its device was disabled, or its credential taken away");
        return true;
    }

    private void End(string why)
    {
        Volatile.Write(ref _revokedAt, _clock.GetTimestamp());
        _receiver.End(new PacketException(why) { Reason = MqttDisconnectReasonCode.NotAuthorized });
    }

    /// <summary>
    /// Call it once MQTTnet is done with the connection: ends the acknowledging, and takes the will of a client that went
    /// without a word.
    /// </summary>
    public async Task EndAsync()
    {
        await _closing.CancelAsync();
        await _acknowledging;
        _window.Close();
        if (_isConnected) await _will.TakeAsync();
    }

    public void Dispose()
    {
        // Only this: MQTTnet disposes too, and the loops may still be on their way out.
        _closing.Cancel();
        _rate.End();
    }

    // Ends with the connection: what is not acknowledged by then comes again.
    private async Task AcknowledgeAsync()
    {
        await Task.Yield();
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

    private async ValueTask WaitDurableAsync(PublishReceipt? receipt, CancellationToken cancellationToken)
    {
        try
        {
            // MQTTnet sends PUBRECs in the order of arrival, so those behind wait for nothing that is not needed.
            if (receipt is { } known) await _ingest.WaitDurableAsync(known, cancellationToken);
        }
        catch (SpoolFailedException e)
        {
            Abort(e);
            throw new MqttCommunicationException(e);
        }
    }

    private void Abort(SpoolFailedException e)
    {
        _logger.ClosedUnacknowledged(_connection.RemoteEndPoint, e.Message);
        Abort("The message could not be made durable.");
    }

    // Also while it is not read.
    private void Abort(string why)
    {
        _rate.End();
        _connection.Abort(new ConnectionAbortedException(why));
    }

    private async ValueTask<MqttPacket?> ReadPacketAsync(CancellationToken cancellationToken)
    {
        int limit = _isConnected ? _options.MaxPacketBytes : Math.Min(_options.MaxPacketBytes, MqttOptions.MaxConnectBytes);
        while (await _receiver.ReadAsync(limit, cancellationToken) is { } packets)
        {
            if (_isConnected && PacketReader.IsAnswered(packets.First)) await _window.WaitAsync(cancellationToken);
            bool isMessage = _isConnected && PublishFrame.IsPublish(packets.First);
            if (isMessage) await _rate.WaitAsync(cancellationToken);
            if (isMessage && await _lane.TakeAsync(packets.Buffer, IsV5, cancellationToken) is > 0 and int taken)
            {
                _receiver.Take(in packets, taken);
                continue;
            }

            MqttPacket packet = _receiver.TakeFirst(in packets);
            if (isMessage) _rate.TryTake(); // waited for above
            if (_isConnected && (await _access.TakeAsync(packet, cancellationToken) || await _azure.TakeAsync(packet, cancellationToken))) continue;
            if (!_isConnected || packet is not MqttPingReqPacket) return packet;
            // Keep-alive is ours, and MQTTnet queues its answers without bound.
            await _sender.SendAsync(MqttPingRespPacket.Instance, cancellationToken);
        }

        return null;
    }

    // Whatever has to be done with a packet before MQTTnet gets it.
    private ValueTask NoteAsync(MqttPacket packet, CancellationToken cancellationToken)
    {
        if (packet is MqttConnectPacket first) Welcome(first);
        _answers.Expect(packet);
        _will.Note(packet);
        switch (packet)
        {
            case MqttConnectPacket connect:
                return GreetAsync(connect, cancellationToken);
            case MqttPublishPacket publish when _isConnected:
                return AcceptAsync(publish, cancellationToken);
            case MqttPubAckPacket acknowledgement:
                return _sender.FinishDeliveryAsync(acknowledgement.PacketIdentifier, cancellationToken);
            case MqttPubCompPacket complete:
                return _sender.FinishDeliveryAsync(complete.PacketIdentifier, cancellationToken);
            case MqttPubRecPacket { ReasonCode: >= MqttPubRecReasonCode.UnspecifiedError } refused:
                return _sender.FinishDeliveryAsync(refused.PacketIdentifier, cancellationToken);
            default:
                return default;
        }
    }

    private async ValueTask GreetAsync(MqttConnectPacket connect, CancellationToken cancellationToken)
    {
        await _access.GreetAsync(connect, cancellationToken);
        _rate.Device = _access.Names is [var device, ..] ? device : connect.ClientId;
    }

    private void Welcome(MqttConnectPacket connect)
    {
        if (_hasConnect) throw new PacketException("a second CONNECT (3.1.0-2)") { Reason = MqttDisconnectReasonCode.ProtocolError };
        _hasConnect = true;
        _sender.Heed(connect);
        // Ours to keep: see CheckPeer.
        _keepAlive = TimeSpan.FromSeconds(connect.KeepAlivePeriod);
        connect.KeepAlivePeriod = 0;
        // A client without a name is given one (3.1.3.1), as mosquitto_pub expects; MQTTnet would refuse it. MQTT 3 cannot
        // tell it its name, so it may not ask for a session that lasts.
        if (!string.IsNullOrEmpty(connect.ClientId) || (!connect.CleanSession && !IsV5)) return;
        connect.ClientId = _givenName = Guid.NewGuid().ToString("N");
    }

    private async ValueTask AcceptAsync(MqttPublishPacket publish, CancellationToken cancellationToken)
    {
        string topic = _aliases.Resolve(publish) ?? throw new PacketException($"the topic alias {publish.TopicAlias} stands for nothing, or is beyond {TopicAliases.Max}");
        if (topic.AsSpan().ContainsAny('+', '#', '\0')) throw new PacketException("a topic name with a wildcard (3.3.2.1), which MQTTnet would take");
        if (!_access.MayPublish(topic)) throw new PacketException("a topic that is not its device's") { Reason = MqttDisconnectReasonCode.NotAuthorized };
        ReadOnlyMemory<byte> payload = publish.Payload.IsSingleSegment ? publish.Payload.First : publish.Payload.ToArray();
        PublishReceipt? receipt = await _ingest.AcceptAsync(topic, payload, publish.UserProperties, _access.Sender, _run ??= new MappingRun(), cancellationToken);
        if (publish.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtLeastOnce) _acks.AddHeld(publish.PacketIdentifier, receipt, payload.Length);
        if (publish.QualityOfServiceLevel == MqttQualityOfServiceLevel.ExactlyOnce) _answers.ExpectReceived(publish.PacketIdentifier, receipt, payload.Length);
    }

    // MQTTnet promises 65,535 aliases and any size, and would keep 64 KiB for each alias.
    private void Complete(MqttConnAckPacket connAck)
    {
        if (_givenName is not null) connAck.AssignedClientIdentifier = _givenName;
        connAck.TopicAliasMaximum = TopicAliases.Max;
        connAck.MaximumPacketSize = (uint)_options.MaxPacketBytes;
    }

    private async ValueTask SayWhyAsync(MqttDisconnectReasonCode reason, CancellationToken cancellationToken)
    {
        if (!_isConnected || !IsV5) return;
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
