using MQTTnet;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;

namespace CityPerception.Sources.Mqtt.External;

/// <summary>A client of MQTTnet and the channel that it works through. For one connection.</summary>
internal sealed class ExternalClient : IMqttClientAdapterFactory, IAsyncDisposable
{
    /// <summary>A broker that has not answered by then is away.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource<MqttClientDisconnectedEventArgs> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MqttClientOptions _options;
    private readonly ChannelParts _parts;
    private readonly TimeProvider _clock;

    public ExternalClient(MqttClientOptions options, ChannelParts parts, TimeProvider clock)
    {
        (_options, _parts, _clock) = (options, parts, clock);
        Client = new MqttClientFactory(new MqttNetNullLogger(), this).CreateMqttClient();
        Client.DisconnectedAsync += args =>
        {
            _lost.TrySetResult(args);
            return Task.CompletedTask;
        };
    }

    public IMqttClient Client { get; }

    /// <summary>Null until it connects.</summary>
    public ExternalChannel? Channel { get; private set; }

    /// <summary>Completes when the connection has ended.</summary>
    public Task<MqttClientDisconnectedEventArgs> Lost => _lost.Task;

    public IMqttChannelAdapter CreateClientAdapter(MqttClientOptions options, MqttPacketInspector packetInspector, IMqttNetLogger logger) => Channel = _parts.Create(options);

    public Task<MqttClientConnectResult> ConnectAsync(CancellationToken cancellationToken) =>
        WithPatienceAsync(token => Client.ConnectAsync(_options, token), cancellationToken);

    /// <summary>Asks the broker something, and does not wait for ever.</summary>
    public Task RequestAsync(Func<CancellationToken, Task> request, CancellationToken cancellationToken) =>
        WithPatienceAsync(async token =>
        {
            await request(token);
            return true;
        }, cancellationToken);

    /// <summary>Leaves; the session stays, if it was to.</summary>
    public async Task DisconnectAsync()
    {
        try
        {
            if (Client.IsConnected) await RequestAsync(token => Client.DisconnectAsync(new MqttClientDisconnectOptions(), token), CancellationToken.None);
        }
        catch (Exception e) when (ConnectionFault.IsExpected(e))
        {
            // It is gone already.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await DisconnectAsync();
        try
        {
            Client.Dispose();
        }
        catch (ObjectDisposedException)
        {
            // MQTTnet takes a lost connection down on a thread of its own; that one was first.
        }
    }

    private async Task<T> WithPatienceAsync<T>(Func<CancellationToken, Task<T>> action, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        return await action(both.Token);
    }
}
