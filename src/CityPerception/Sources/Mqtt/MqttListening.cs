using System.Net;
using System.Net.Security;
using CityPerception.Hosting;
using CityPerception.Sources.Mqtt.Access;
using CityPerception.Sources.Mqtt.Azure;
using CityPerception.Sources.Mqtt.Lane;
using CityPerception.Sources.Mqtt.Sparkplug;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Mqtt;

/// <summary>Gives Kestrel the MQTT listeners.</summary>
internal sealed class MqttListening(IOptions<MqttOptions> mqtt, IOptions<TlsOptions> tls, IOptions<SecurityOptions> security, ServerCertificate certificate, Listeners listeners, IServiceProvider provider) : IConfigureOptions<KestrelServerOptions>
{
    private static readonly SslApplicationProtocol Mqtt = new("mqtt");

    public void Configure(KestrelServerOptions options)
    {
        if (HttpListening.Read(() => mqtt.Value.FindEndpoint()) is not { } wanted) return;
        options.Listen(wanted, listen =>
        {
            Serve(listen);
            listeners.Add(new Listener("MQTT", "Mqtt:Port=1884", wanted, () => listen.IPEndPoint));
        });
        if (HttpListening.Read(() => tls.Value) is not { IsGiven: true }) return;

        var secure = new IPEndPoint(mqtt.Value.FindTlsAddress() ?? wanted.Address, mqtt.Value.TlsPort);
        options.Listen(secure, listen =>
        {
            listen.Protocols = HttpProtocols.None; // it is MQTT's
            certificate.Use(listen, Mqtt, mqtt.Value.ConnectTimeout, asksClients: HttpListening.Read(() => security.Value) is { Required: true });
            Serve(listen);
            listeners.Add(new Listener("MQTTS", "Mqtt:TlsPort=8884", secure, () => listen.IPEndPoint));
        });
    }

    // Asked for with the first connection: while Kestrel reads its options the spool behind it is not open yet.
    private void Serve(ListenOptions listen) => listen.Run(connection => provider.GetRequiredService<BrokerConnections>().OnConnectedAsync(connection));
}

/// <summary>Registration of the broker.</summary>
internal static class MqttServices
{
    public static IServiceCollection AddMqttBroker(this IServiceCollection services)
    {
        services.AddMqttIngest();
        services.AddSingleton<Subscriptions>();
        services.AddAzureDialect();
        services.AddMqttAccess();
        services.AddSingleton<BrokerParts>();
        services.AddSingleton<PeerWatch>();
        services.AddSingleton<BrokerConnections>();
        services.AddHostedService<Broker>();
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, MqttListening>();
        services.AddConnections();
        return services;
    }

    /// <summary>What messages are taken with, whether a client of ours or a broker of others brings them.</summary>
    public static IServiceCollection AddMqttIngest(this IServiceCollection services)
    {
        services.AddSparkplug();
        services.TryAddSingleton<TopicRoutes>();
        services.TryAddSingleton<MqttIngest>();
        services.TryAddSingleton<LaneWorks>();
        services.TryAddSingleton<InFlightTotal>();
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
