using System.Security.Cryptography.X509Certificates;
using System.Text;
using MQTTnet;
using MQTTnet.Adapter;
using MQTTnet.Channel;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Formatter;
using MQTTnet.Implementations;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace CityPerception.Simulation.Load;

/// <summary>A server that can be connected to by MQTT, over TCP, TLS or WebSocket.</summary>
internal sealed class MqttEndpoint : IDisposable
{
    private const int SocketBytes = 256 << 10, BusyInput = 64 << 10, IdleInput = 512, BusyConnections = 256;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Thousands of connections at once would only wait for each other, and run into each other's time limits.</summary>
    private readonly SemaphoreSlim _connecting = new(64);

    private readonly LoadOptions _options;
    private readonly TimeProvider _clock;
    private readonly string _run;
    private readonly X509Certificate2Collection? _authorities;

    public MqttEndpoint(Uri url, LoadOptions options, string run, X509Certificate2Collection? authorities, TimeProvider clock) =>
        (Url, _options, _run, _authorities, _clock) = (url, options, run, authorities, clock);

    public Uri Url { get; }

    /// <summary>Connects and says who we are, with a clean session: what has to be sent again this client knows itself.</summary>
    /// <exception cref="LoadRefusedException">The server does not want us.</exception>
    /// <exception cref="TimeoutException">It does not answer.</exception>
    public async Task<MqttLink> ConnectAsync(int connection, CancellationToken cancellationToken)
    {
        await _connecting.WaitAsync(cancellationToken);
        using var limit = new CancellationTokenSource(Patience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var channel = new BufferedChannel(CreateChannel()) { InputBytes = _options.Connections > BusyConnections ? IdleInput : BusyInput };
        var link = new MqttLink(channel, new MqttChannelAdapter(channel, new MqttPacketFormatterAdapter(_options.Protocol, new MqttBufferWriter(1024, 65_535)), MqttNetNullLogger.Instance));
        try
        {
            await link.Adapter.ConnectAsync(either.Token);
            await link.Adapter.SendPacketAsync(Connect(connection), either.Token);
            await channel.FlushAsync(either.Token);
            if (await link.Adapter.ReceivePacketAsync(either.Token) is not MqttConnAckPacket answer) throw new LoadRefusedException("the connection was closed instead of a CONNACK");
            bool accepted = _options.Protocol is MqttProtocolVersion.V500 ? answer.ReasonCode is MqttConnectReasonCode.Success : answer.ReturnCode is MqttConnectReturnCode.ConnectionAccepted;
            if (!accepted) throw new LoadRefusedException($"CONNECT was answered with {answer.ReturnCode} {answer.ReasonCode} {answer.ReasonString}".TrimEnd());
            if (answer.ReceiveMaximum > 0) link.ReceiveMaximum = answer.ReceiveMaximum;
            return link;
        }
        catch (Exception e)
        {
            link.Dispose();
            cancellationToken.ThrowIfCancellationRequested(); // MQTTnet has several exceptions for it
            if (limit.IsCancellationRequested) throw new TimeoutException($"no CONNACK within {Patience.TotalSeconds:0} s", e);
            throw;
        }
        finally
        {
            _connecting.Release();
        }
    }

    public void Dispose() => _connecting.Dispose();

    private MqttConnectPacket Connect(int connection) => new()
    {
        ClientId = $"load-{_run}-{connection}",
        CleanSession = true,
        Username = _options.User,
        Password = _options.Password is { } password ? Encoding.UTF8.GetBytes(password) : null,
    };

    private IMqttChannel CreateChannel()
    {
        bool isTls = Url.Scheme is "mqtts" or "wss";
        MqttClientTlsOptions tls = new() { UseTls = isTls, TargetHost = Url.Host, TrustChain = _authorities };
        if (Url.Scheme is "ws" or "wss") return new MqttWebSocketChannel(new MqttClientWebSocketOptions { Uri = Url.AbsoluteUri, TlsOptions = tls });

        int port = Url.Port > 0 ? Url.Port : isTls ? 8883 : 1883;
        MqttClientOptions options = new MqttClientOptionsBuilder()
            .WithTcpServer(Url.IdnHost.Trim('[', ']'), port)
            .WithTlsOptions(tls)
            .Build();
        var tcp = (MqttClientTcpOptions)options.ChannelOptions;
        if (_options.Connections <= BusyConnections) tcp.BufferSize = SocketBytes;
        return new MqttTcpChannel(options);
    }
}

/// <summary>A connection that was accepted.</summary>
internal sealed class MqttLink(BufferedChannel channel, MqttChannelAdapter adapter) : IDisposable
{
    public BufferedChannel Channel => channel;

    public MqttChannelAdapter Adapter => adapter;

    /// <summary>So many messages may be unacknowledged, says the server.</summary>
    public int ReceiveMaximum { get; set; } = ushort.MaxValue;

    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        await adapter.SendPacketAsync(new MqttDisconnectPacket(), cancellationToken);
        await channel.FlushAsync(cancellationToken);
    }

    public void Dispose() => adapter.Dispose();
}

/// <summary>The server answered, and does not want this client now.</summary>
internal sealed class LoadRefusedException(string message) : Exception(message);
