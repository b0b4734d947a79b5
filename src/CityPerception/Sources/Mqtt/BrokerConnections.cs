using CityPerception.Configuration;
using CityPerception.Hosting;
using CityPerception.Sources.Mqtt.Lane;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Server;

namespace CityPerception.Sources.Mqtt;

/// <summary>Hands Kestrel's connections (TCP, TLS, WebSocket) to MQTTnet's broker.</summary>
internal sealed class BrokerConnections(
    MqttIngest ingest, Intake intake, TopicRoutes routes, CurrentPlan plan, Subscriptions subscriptions, IOptions<MqttOptions> options, TimeProvider clock, ILogger<BrokerConnections> logger)
    : ConnectionHandler, IMqttServerAdapter
{
    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        if (ClientHandler is not { } handler) return; // stopping
        // WebSockets bring whole messages; MQTT is a stream in both.
        if (connection.Features.Get<Microsoft.AspNetCore.Connections.Features.ITransferFormatFeature>() is { } transfer) transfer.ActiveFormat = TransferFormat.Binary;

        using var channel = new BrokerChannel(connection, ingest, intake, new LaneTopics(routes, plan, subscriptions), options.Value, clock, logger);
        await handler(channel);
        await channel.TakeWillAsync();
    }

    public Task StartAsync(MqttServerOptions serverOptions, IMqttNetLogger netLogger) => Task.CompletedTask;

    public Task StopAsync()
    {
        ClientHandler = null;
        return Task.CompletedTask;
    }

    public void Dispose()
    {
    }
}
