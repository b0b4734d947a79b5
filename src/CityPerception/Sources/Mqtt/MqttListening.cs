using CityPerception.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Mqtt;

/// <summary>Gives Kestrel the MQTT listener.</summary>
internal sealed class MqttListening(IOptions<MqttOptions> mqtt, Listeners listeners, IServiceProvider provider) : IConfigureOptions<KestrelServerOptions>
{
    public void Configure(KestrelServerOptions options)
    {
        if (HttpListening.Read(() => mqtt.Value.FindEndpoint()) is not { } wanted) return;
        options.Listen(wanted, listen =>
        {
            // Asked for with the first connection: while Kestrel reads its options the spool behind it is not open yet.
            listen.Run(connection => provider.GetRequiredService<BrokerConnections>().OnConnectedAsync(connection));
            listeners.Add(new Listener("MQTT", "Mqtt:Port=1884", wanted, () => listen.IPEndPoint));
        });
    }
}

/// <summary>Registration of the broker.</summary>
internal static class MqttServices
{
    public static IServiceCollection AddMqttBroker(this IServiceCollection services)
    {
        services.AddSingleton<TopicRoutes>();
        services.AddSingleton<Subscriptions>();
        services.AddSingleton<MqttIngest>();
        services.AddSingleton<BrokerConnections>();
        services.AddHostedService<Broker>();
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, MqttListening>();
        services.AddConnections();
        return services;
    }

    /// <summary>MQTT over WebSocket at /mqtt, on the HTTP listener.</summary>
    public static void MapMqttWebSocket(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapConnections(
            "/mqtt",
            new HttpConnectionDispatcherOptions
            {
                Transports = HttpTransportType.WebSockets,
                // MQTT 5.0, 6: the subprotocol is "mqtt"; older clients name the version too.
                WebSockets = { SubProtocolSelector = protocols => protocols.FirstOrDefault(p => p.StartsWith("mqtt", StringComparison.OrdinalIgnoreCase)) ?? "mqtt" },
            },
            connections => connections.Run(connection => endpoints.ServiceProvider.GetRequiredService<BrokerConnections>().OnConnectedAsync(connection)));
}
