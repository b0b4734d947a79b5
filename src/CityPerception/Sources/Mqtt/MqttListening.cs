using System.Net;
using CityPerception.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Mqtt;

/// <summary>Gives Kestrel the MQTT listener.</summary>
internal sealed class MqttListening(IOptions<MqttOptions> mqtt, Listeners listeners) : IConfigureOptions<KestrelServerOptions>
{
    public void Configure(KestrelServerOptions options)
    {
        if (FindEndpoint() is not { } wanted) return;
        options.Listen(wanted, listen =>
        {
            listen.UseConnectionHandler<BrokerConnections>();
            listeners.Add(new Listener("MQTT", "Mqtt:Port=1884", wanted, () => listen.IPEndPoint));
        });
    }

    // As for HTTP: bad options are reported with all others, not from here.
    private IPEndPoint? FindEndpoint()
    {
        try
        {
            return mqtt.Value.FindAddress() is { } address ? new IPEndPoint(address, mqtt.Value.Port) : null;
        }
        catch (OptionsValidationException)
        {
            return null;
        }
    }
}

/// <summary>Registration of the broker.</summary>
internal static class MqttServices
{
    public static IServiceCollection AddMqttBroker(this IServiceCollection services)
    {
        services.AddSingleton<TopicRoutes>();
        services.AddSingleton<MqttIngest>();
        services.AddSingleton<BrokerConnections>();
        services.AddHostedService<Broker>();
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, MqttListening>();
        services.AddConnections();
        return services;
    }

    /// <summary>MQTT over WebSocket at /mqtt, on the HTTP listener.</summary>
    public static void MapMqttWebSocket(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapConnectionHandler<BrokerConnections>("/mqtt", options =>
        {
            options.Transports = HttpTransportType.WebSockets;
            // MQTT 5.0, 6: the subprotocol is "mqtt"; older clients name the version too.
            options.WebSockets.SubProtocolSelector = protocols => protocols.FirstOrDefault(p => p.StartsWith("mqtt", StringComparison.OrdinalIgnoreCase)) ?? "mqtt";
        });
}
