using System.Buffers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using MQTTnet.Exceptions;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Polly;

namespace CityPerception.Simulation.Load;

/// <summary>
/// One MQTT connection of a load: a window of unacknowledged messages, sent as they are due. What a broken connection
/// left without acknowledgement is sent again, in order, before anything newer.
/// </summary>
/// <remarks>
/// MQTTnet's client awaits each message by itself, at several allocations and system calls each. This is one loop over
/// MQTTnet's packet channel, which encodes and decodes; it reads all acknowledgements that are there before it sends on.
/// </remarks>
internal sealed class MqttLoad
{
    private const int FlushAt = 32 << 10;

    private readonly LoadOptions _options;
    private readonly MqttEndpoint _endpoint;
    private readonly int _connection;
    private readonly AirMessages _messages;
    private readonly LedgerPage? _ledger;
    private readonly LoadMeter _meter;
    private readonly LoadPace _pace;
    private readonly TimeProvider _clock;
    private readonly ResiliencePipeline<MqttLink> _connecting;
    private readonly Queue<LoadMessage> _again = new();
    private readonly MqttPublishPacket _publish = new();
    private readonly string[] _topics;
    private readonly byte[] _payload = new byte[AirMessages.MaxBytes];
    private readonly long _quota;
    private long _next;

    public MqttLoad(LoadOptions options, MqttEndpoint endpoint, int connection, AirMessages messages, LoadNumbering numbering, LedgerPage? ledger, LoadMeter meter, TimeProvider clock)
    {
        (_options, _endpoint, _connection, _messages, _ledger, _meter, _clock) = (options, endpoint, connection, messages, ledger, meter, clock);
        _pace = new LoadPace(options, connection, clock);
        _quota = options.QuotaOf(connection);
        _topics = [.. Enumerable.Range(0, numbering.OwnDevices(connection)).Select(i => messages.Topic(connection + i * numbering.Connections))];
        _publish.QualityOfServiceLevel = (MqttQualityOfServiceLevel)options.Qos;
        _connecting = Persistence.Of<MqttLink>(clock, o => o.Exception is { } e and not OperationCanceledException && IsAway(e), o => meter.Away(Trouble(o.Exception!)));
    }

    /// <summary>Sends until all is sent or it is told to stop, then waits for what is not acknowledged.</summary>
    /// <param name="stop">Nothing new after this.</param>
    /// <param name="giveUp">And no more waiting after this: the rest stays without an answer.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken giveUp)
    {
        while (!IsDone(stop))
        {
            // With nothing to send again there is no reason to go on looking for a server after the order to stop.
            using MqttLink? link = await ConnectAsync(_again.Count == 0 ? stop : giveUp, giveUp);
            if (link is null) return;
            _pace.Start();
            var inFlight = new InFlight(Math.Min(_options.Window, link.ReceiveMaximum));
            try
            {
                await PumpAsync(link, inFlight, stop, giveUp);
                await link.LeaveAsync(giveUp);
            }
            catch (Exception e) when (IsAway(e) && !giveUp.IsCancellationRequested)
            {
                _meter.Broken(Trouble(e));
                LoadMessage[] waiting = [.. inFlight.Unacknowledged, .. _again];
                _again.Clear();
                foreach (LoadMessage message in waiting) _again.Enqueue(message);
            }
        }
    }

    private async Task<MqttLink?> ConnectAsync(CancellationToken cancellationToken, CancellationToken giveUp)
    {
        try
        {
            return await _connecting.ExecuteAsync(async c => await _endpoint.ConnectAsync(_connection, c), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !giveUp.IsCancellationRequested)
        {
            return null;
        }
    }

    private bool IsDone(CancellationToken stop) => _again.Count == 0 && (stop.IsCancellationRequested || _next == _quota);

    private async Task PumpAsync(MqttLink link, InFlight inFlight, CancellationToken stop, CancellationToken giveUp)
    {
        Task flush = Task.CompletedTask;
        Task? untilDue = null;
        Task<MqttPacket>? receive = null;
        while (true)
        {
            TimeSpan wait = Timeout.InfiniteTimeSpan;
            if (flush.IsCompleted)
            {
                await flush;
                wait = await SendDueAsync(link, inFlight, stop, giveUp);
                flush = link.Channel.FlushAsync(giveUp);
                if (IsDone(stop) && inFlight.Count == 0)
                {
                    await flush;
                    return;
                }
            }

            receive ??= link.Adapter.ReceivePacketAsync(giveUp);
            if (!receive.IsCompleted)
            {
                if (!flush.IsCompleted) await Task.WhenAny(receive, flush);
                else if (wait > TimeSpan.Zero) await Task.WhenAny(receive, untilDue = untilDue is { IsCompleted: false } ? untilDue : Task.Delay(wait, _clock, stop));
                else if (wait != TimeSpan.Zero) await receive;
            }

            while (receive is { IsCompleted: true })
            {
                await TakeAsync(link, inFlight, await receive, giveUp);
                receive = link.Channel.HasInput ? link.Adapter.ReceivePacketAsync(giveUp) : null;
            }
        }
    }

    /// <summary>Sends what is due and has room. Returns how long until something is due, infinite if only an acknowledgement can change anything.</summary>
    private async ValueTask<TimeSpan> SendDueAsync(MqttLink link, InFlight inFlight, CancellationToken stop, CancellationToken giveUp)
    {
        while (_options.Qos == 0 || inFlight.HasRoom)
        {
            if (link.Channel.Unflushed >= FlushAt) return TimeSpan.Zero;
            if (IsDone(stop)) break;
            bool isRepeated = _again.TryDequeue(out LoadMessage message);
            if (!isRepeated)
            {
                message = new LoadMessage(_next, _pace.DueAt(_next));
                TimeSpan wait = _pace.Until(message.DueAt);
                if (wait > TimeSpan.Zero) return wait;
                _next++;
            }

            Note(message, isRepeated);
            _publish.PacketIdentifier = _options.Qos == 0 ? (ushort)0 : inFlight.Add(message);
            _publish.Topic = _topics[message.Number % _topics.Length];
            _publish.Payload = new ReadOnlySequence<byte>(_payload, 0, _messages.WriteJson(_payload, _connection, message.Number));
            await link.Adapter.SendPacketAsync(_publish, giveUp); // into the buffer
        }

        return Timeout.InfiniteTimeSpan;
    }

    // Before the message leaves: what is in the store was sent, whatever happens to this process.
    private void Note(LoadMessage message, bool isRepeated)
    {
        if (isRepeated)
        {
            _meter.Again();
            _ledger?.Again(message.Number);
        }
        else
        {
            _meter.Sent();
            _ledger?.Sending(message.Number);
        }
    }

    private async ValueTask TakeAsync(MqttLink link, InFlight inFlight, MqttPacket? packet, CancellationToken giveUp)
    {
        switch (packet)
        {
            case MqttPubAckPacket ack:
                if (inFlight.TryAcknowledge(ack.PacketIdentifier, freesIdentifier: true, out LoadMessage acknowledged))
                    Count(acknowledged, ack.ReasonCode is MqttPubAckReasonCode.Success or MqttPubAckReasonCode.NoMatchingSubscribers, ack.ReasonCode is MqttPubAckReasonCode.PayloadFormatInvalid, ack.ReasonCode, ack.ReasonString);
                break;
            case MqttPubRecPacket received:
                bool goesOn = received.ReasonCode is MqttPubRecReasonCode.Success or MqttPubRecReasonCode.NoMatchingSubscribers;
                if (inFlight.TryAcknowledge(received.PacketIdentifier, freesIdentifier: !goesOn, out LoadMessage taken))
                    Count(taken, goesOn, received.ReasonCode is MqttPubRecReasonCode.PayloadFormatInvalid, received.ReasonCode, received.ReasonString);
                if (goesOn) await link.Adapter.SendPacketAsync(new MqttPubRelPacket { PacketIdentifier = received.PacketIdentifier }, giveUp);
                break;
            case MqttPubCompPacket complete:
                inFlight.Free(complete.PacketIdentifier);
                break;
            case null:
                throw new MqttCommunicationException("the server closed the connection");
            case MqttDisconnectPacket bye:
                throw new MqttCommunicationException($"the server said good-bye: {bye.ReasonCode} {bye.ReasonString}".TrimEnd());
        }
    }

    private void Count(LoadMessage message, bool isSuccess, bool isRejected, Enum reason, string? words)
    {
        if (isSuccess)
        {
            _ledger?.Acknowledged(message.Number);
            _meter.Acknowledged(message.DueAt);
        }
        else if (isRejected)
        {
            _ledger?.Rejected(message.Number);
            _meter.Rejected(message.DueAt);
        }
        else
        {
            _meter.Denied($"{_endpoint.Url}: {reason} {words}".TrimEnd());
        }
    }

    // MQTTnet's own words, and the operating system's reason behind them.
    private string Trouble(Exception e) => e.InnerException is null ? $"{_endpoint.Url}: {e.Message}" : $"{_endpoint.Url}: {e.Message} {e.GetBaseException().Message}";

    // What MQTTnet's channels answer with when the peer is not there, or goes.
    private static bool IsAway(Exception e) => e is MqttCommunicationException or MqttProtocolViolationException or SocketException or IOException
        or WebSocketException or AuthenticationException or ObjectDisposedException or OperationCanceledException or TimeoutException or LoadRefusedException;
}
