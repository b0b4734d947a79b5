using System.Buffers;
using System.Text;
using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace CityPerception.Tests.Sources;

/// <summary>A client of MQTTnet, connected.</summary>
internal sealed class MqttPeer : IAsyncDisposable
{
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly Channel<MqttApplicationMessage> _received = Channel.CreateUnbounded<MqttApplicationMessage>();
    private readonly TaskCompletionSource<MqttClientDisconnectedEventArgs> _disconnected = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MqttPeer()
    {
        _client.ApplicationMessageReceivedAsync += async e => await _received.Writer.WriteAsync(e.ApplicationMessage);
        _client.DisconnectedAsync += e =>
        {
            _disconnected.TrySetResult(e);
            return Task.CompletedTask;
        };
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static Task<MqttPeer> ConnectAsync(CityServer server, MqttProtocolVersion version = MqttProtocolVersion.V500, Action<MqttClientOptionsBuilder>? more = null) =>
        ConnectAsync(version, builder =>
        {
            builder.WithTcpServer("127.0.0.1", server.MqttPort);
            more?.Invoke(builder);
        });

    public static async Task<MqttPeer> ConnectAsync(MqttProtocolVersion version, Action<MqttClientOptionsBuilder> more)
    {
        MqttClientOptionsBuilder builder = new MqttClientOptionsBuilder().WithProtocolVersion(version).WithClientId(Guid.NewGuid().ToString("N")).WithTimeout(TimeSpan.FromSeconds(30));
        more(builder);
        var peer = new MqttPeer();
        MqttClientConnectResult result = await peer._client.ConnectAsync(builder.Build(), Ct);
        Assert.Equal(MqttClientConnectResultCode.Success, result.ResultCode);
        return peer;
    }

    public Task<MqttClientPublishResult> PublishAsync(string topic, string payload, MqttQualityOfServiceLevel qos = MqttQualityOfServiceLevel.AtLeastOnce, bool retain = false) =>
        PublishAsync(topic, Encoding.UTF8.GetBytes(payload), qos, retain);

    public Task<MqttClientPublishResult> PublishAsync(string topic, byte[] payload, MqttQualityOfServiceLevel qos = MqttQualityOfServiceLevel.AtLeastOnce, bool retain = false, ushort alias = 0) =>
        _client.PublishAsync(new MqttApplicationMessage { Topic = topic, TopicAlias = alias, Payload = new(payload), QualityOfServiceLevel = qos, Retain = retain }, Ct);

    public async Task SubscribeAsync(string filter) => await _client.SubscribeAsync(filter, MqttQualityOfServiceLevel.AtLeastOnce, Ct);

    /// <summary>The next message that it was sent.</summary>
    public async Task<(string Topic, string Payload, bool Retain)> ReceiveAsync()
    {
        (string topic, byte[] payload, bool retain) = await ReceiveBytesAsync();
        return (topic, Encoding.UTF8.GetString(payload), retain);
    }

    /// <summary>The same, where it is no text.</summary>
    public async Task<(string Topic, byte[] Payload, bool Retain)> ReceiveBytesAsync()
    {
        MqttApplicationMessage message = await _received.Reader.ReadAsync(Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Ct);
        return (message.Topic, message.Payload.ToArray(), message.Retain);
    }

    /// <summary>Why the server ended the connection.</summary>
    public async Task<MqttClientDisconnectReason> DisconnectedAsync() => (await _disconnected.Task.WaitAsync(TimeSpan.FromSeconds(60), Ct)).Reason;

    public Task PingAsync() => _client.PingAsync(Ct);

    /// <summary>Goes without a word, as a device does that has lost its power.</summary>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
