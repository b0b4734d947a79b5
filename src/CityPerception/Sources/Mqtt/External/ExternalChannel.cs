using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Sources.Mqtt.Lane;
using CityPerception.Storage.Spooling;
using MQTTnet.Adapter;
using MQTTnet.Channel;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace CityPerception.Sources.Mqtt.External;

/// <summary>
/// One connection to a broker, between MQTTnet's socket and MQTTnet's client. The client connects, subscribes and keeps
/// alive; PUBLISH packets never reach it: they are mapped and appended as they are read, plain ones by the lane, many at
/// once. Their PUBACKs are held back until what they stand for is durable, in the order of arrival; reading goes on
/// meanwhile. When the spool is full nothing is read and nothing acknowledged: the broker keeps what it has.
/// </summary>
internal sealed class ExternalChannel : IMqttChannelAdapter, IAckWriter
{
    private readonly IMqttChannel _channel;
    private readonly MqttIngest _ingest;
    private readonly PublishLane _lane;
    private readonly AckQueue _acks;
    private readonly InFlightWindow _window;
    private readonly PacketBuffer _input;
    private readonly MappingRun _run = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly ArrayBufferWriter<byte> _ready = new(4096);
    private readonly int _maxPacketBytes;
    private TaskCompletionSource _pingSent = NewSignal();
    private Task? _work, _acknowledging;
    private Exception? _end;
    private long _takes;

    public ExternalChannel(IMqttChannel channel, MqttProtocolVersion version, MqttIngest ingest, Intake intake, LaneTopics topics, LaneWorks works, InFlightWindow window, int maxPacketBytes, TimeProvider clock)
    {
        (_channel, _ingest, _window, _maxPacketBytes) = (channel, ingest, window, maxPacketBytes);
        PacketFormatterAdapter = new MqttPacketFormatterAdapter(version, new MqttBufferWriter(4096, 65_535));
        _input = new PacketBuffer(channel, maxPacketBytes);
        _acks = new AckQueue(ingest, intake, this, window);
        _lane = new PublishLane(topics, access: null, rate: null, new TopicAliases(), works, intake, _acks, maxPacketBytes, clock);
    }

    public MqttPacketFormatterAdapter PacketFormatterAdapter { get; }

    public EndPoint? RemoteEndPoint => _channel.RemoteEndPoint;

    public EndPoint? LocalEndPoint => _channel.LocalEndPoint;

    public bool IsSecureConnection => _channel.IsSecureConnection;

    public X509Certificate2? ClientCertificate => _channel.ClientCertificate;

    public long BytesReceived => _input.BytesRead;

    public long BytesSent { get; private set; }

    /// <summary>How many times messages have been taken, one or many at once.</summary>
    public long Takes => Volatile.Read(ref _takes);

    /// <summary>Everything that has come is acknowledged, and nothing waits for room in the spool.</summary>
    public bool IsIdle => Volatile.Read(ref _work) is null && _window.IsEmpty;

    private bool IsV5 => PacketFormatterAdapter.ProtocolVersion == MqttProtocolVersion.V500;

    public void ResetStatistics()
    {
        BytesSent = 0;
        _input.ResetStatistics();
    }

    public Task ConnectAsync(CancellationToken cancellationToken) => _channel.ConnectAsync(cancellationToken);

    public Task DisconnectAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <summary>The next packet for MQTTnet, which is never a PUBLISH; null when the broker has gone.</summary>
    public async Task<MqttPacket?> ReceivePacketAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ReadPacketAsync(cancellationToken);
        }
        catch (Exception e) when (_end is not null || e is PacketException or SpoolFailedException)
        {
            throw new MqttCommunicationException(_end ?? e);
        }
    }

    public async Task SendPacketAsync(MqttPacket packet, CancellationToken cancellationToken)
    {
        if (packet is MqttPingReqPacket) Volatile.Read(ref _pingSent).TrySetResult();
        await _sending.WaitAsync(cancellationToken);
        try
        {
            MqttPacketBuffer buffer = PacketFormatterAdapter.Encode(packet);
            await _channel.WriteAsync(new ReadOnlySequence<byte>(buffer.Join()), isEndOfPacket: true, cancellationToken);
            BytesSent += buffer.Length;
            PacketFormatterAdapter.Cleanup();
        }
        finally
        {
            _sending.Release();
        }
    }

    ValueTask IAckWriter.WriteAsync(ReadOnlyMemory<byte> packets, CancellationToken cancellationToken)
    {
        _ready.Write(packets.Span);
        return ValueTask.CompletedTask;
    }

    // Always a success, also for what became a dead letter: a broker can do nothing with a refusal, and we have the message.
    ValueTask IAckWriter.WriteAsync(MqttPubAckPacket packet, PublishReceipt? receipt, CancellationToken cancellationToken)
    {
        ReadOnlySpan<byte> success = [0x40, 0x02, (byte)(packet.PacketIdentifier >> 8), (byte)packet.PacketIdentifier]; // 3.4
        _ready.Write(success);
        return ValueTask.CompletedTask;
    }

    async ValueTask IAckWriter.FlushAsync(CancellationToken cancellationToken)
    {
        if (_ready.WrittenCount == 0) return;
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await _channel.WriteAsync(new ReadOnlySequence<byte>(_ready.WrittenMemory), isEndOfPacket: true, cancellationToken);
            BytesSent += _ready.WrittenCount;
            _ready.ResetWrittenCount();
        }
        finally
        {
            _sending.Release();
        }
    }

    public void Dispose() => End(null);

    private async ValueTask<MqttPacket?> ReadPacketAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_work is { } work && await IsPingWaitingAsync(work)) return MqttPingRespPacket.Instance;
            if (TryTake(out ReceivedMqttPacket packet)) return Decode(packet);
            if (_work is null && !await _input.FillAsync(cancellationToken)) return _end is { } why ? throw new MqttCommunicationException(why) : null;
        }
    }

    // While there is no room in the spool nothing is read, also no PINGRESP; the client must not take that for a broker
    // that is gone. The broker gets our pings all the while.
    private async ValueTask<bool> IsPingWaitingAsync(Task work)
    {
        TaskCompletionSource ping = Volatile.Read(ref _pingSent);
        if (await Task.WhenAny(work, ping.Task) != work)
        {
            Volatile.Write(ref _pingSent, NewSignal());
            return true;
        }

        await work;
        Volatile.Write(ref _work, null);
        return false;
    }

    // True: a packet that is the client's. False: what was there has been taken, is being worked on, or is not whole.
    private bool TryTake(out ReceivedMqttPacket packet)
    {
        packet = default;
        while (_work is null)
        {
            if (!_window.IsOpen)
            {
                Begin(_window.WaitAsync(_closing.Token));
                continue;
            }

            ReadOnlySequence<byte> buffer = _input.Unread;
            ValueTask<int> lane = _lane.TakeAsync(buffer, IsV5, _closing.Token);
            if (!lane.IsCompletedSuccessfully)
            {
                Begin(AdvanceAsync(lane)); // what it reads stays where it is: nothing is read meanwhile
                continue;
            }

            if (Advance(lane.GetAwaiter().GetResult())) continue;
            if (_input.TryTakeTooLarge(IsV5, out LargePublish? large))
            {
                Begin(RefuseAsync(large));
                continue;
            }

            if (_input.IsAtTooLarge || !PacketReader.TryRead(in buffer, _maxPacketBytes, out byte first, out ReadOnlySequence<byte> body)) return false;
            int length = (int)buffer.GetOffset(body.End) - (int)buffer.GetOffset(buffer.Start);
            packet = new ReceivedMqttPacket(first, new ArraySegment<byte>(body.ToArray()), length);
            _input.Advance(length);
            if (!PublishFrame.IsPublish(first)) return true;
            Begin(AcceptAsync((MqttPublishPacket)Decode(packet), length));
        }

        return false;
    }

    private void Begin(ValueTask step)
    {
        if (!step.IsCompletedSuccessfully) Volatile.Write(ref _work, step.AsTask());
    }

    private async ValueTask AdvanceAsync(ValueTask<int> lane) => Advance(await lane);

    private bool Advance(int taken)
    {
        if (taken == 0) return false;
        _input.Advance(taken);
        Volatile.Write(ref _takes, _takes + 1);
        return true;
    }

    private MqttPacket Decode(ReceivedMqttPacket received)
    {
        MqttPacket packet = PacketReader.Decode(PacketFormatterAdapter, received, "the broker sent a packet that is not MQTT");
        if (packet is MqttConnAckPacket { ReasonCode: MqttConnectReasonCode.Success }) _acknowledging = Task.Run(AcknowledgeAsync, CancellationToken.None);
        return packet;
    }

    private async ValueTask AcceptAsync(MqttPublishPacket publish, int bytes)
    {
        ReadOnlyMemory<byte> payload = publish.Payload.IsSingleSegment ? publish.Payload.First : publish.Payload.ToArray();
        PublishReceipt receipt = await _ingest.AcceptAsync(publish.Topic, payload, publish.UserProperties, publish.Retain, sender: null, _run, _closing.Token)
            ?? await _ingest.RefuseAsync(publish.Topic, payload, publish.UserProperties, new Rejection(RejectionReason.SourceUnknown, 0, publish.Topic, "no source has a topic filter that matches (any more)"), _closing.Token);
        Acknowledge((int)publish.QualityOfServiceLevel, publish.PacketIdentifier, receipt, bytes);
    }

    private async ValueTask RefuseAsync(LargePublish large)
    {
        var rejection = new Rejection(RejectionReason.PayloadTooLarge, 0, "$", $"a packet of {large.PacketBytes} bytes; the limit is Mqtt:MaxPacketBytes, {_maxPacketBytes}, and so much of it is kept");
        Acknowledge(large.Qos, large.PacketId, await _ingest.RefuseAsync(large.Topic, large.Payload, null, rejection, _closing.Token), large.Payload.Length);
    }

    private void Acknowledge(int qos, ushort packetId, PublishReceipt receipt, int bytes)
    {
        Volatile.Write(ref _takes, _takes + 1);
        if (qos == 0) return;
        if (qos == 2) throw new PacketException("the broker sent a message with QoS 2 for a subscription with QoS 1 (3.8.4)");
        _acks.Add(packetId, receipt, bytes);
    }

    // Ends with the connection: what is not acknowledged by then comes again.
    private async Task AcknowledgeAsync()
    {
        try
        {
            await _acks.RunAsync(_closing.Token);
        }
        catch (OperationCanceledException)
        {
            // The connection is gone.
        }
        catch (Exception e) when (e is SpoolFailedException || ConnectionFault.IsExpected(e))
        {
            End(e);
        }
    }

    private void End(Exception? why)
    {
        Interlocked.CompareExchange(ref _end, why, null);
        _closing.Cancel();
        _window.Close();
        ((IDisposable)_channel).Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
