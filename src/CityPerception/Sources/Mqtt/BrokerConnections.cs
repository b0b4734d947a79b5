using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Server;

namespace CityPerception.Sources.Mqtt;

/// <summary>Hands Kestrel's connections (TCP, TLS, WebSocket) to MQTTnet's broker.</summary>
internal sealed class BrokerConnections(BrokerParts parts, PeerWatch watch) : ConnectionHandler, IMqttServerAdapter
{
    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        if (ClientHandler is not { } handler) return; // stopping
        // WebSockets bring whole messages; MQTT is a stream in both.
        if (connection.Features.Get<ITransferFormatFeature>() is { } transfer) transfer.ActiveFormat = TransferFormat.Binary;

        using var channel = new BrokerChannel(connection, parts);
        watch.Add(channel);
        try
        {
            await handler(channel);
        }
        finally
        {
            watch.Remove(channel);
        }

        await channel.EndAsync();
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
