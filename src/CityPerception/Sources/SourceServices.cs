using CityPerception.Hosting;
using CityPerception.Sources.Hj212;
using CityPerception.Sources.Http;
using CityPerception.Sources.Mqtt;
using CityPerception.Sources.Mqtt.External;

namespace CityPerception.Sources;

/// <summary>Registration of every way in. A new transport is a folder beside this file and a line here.</summary>
internal static class SourceServices
{
    public static IServiceCollection AddSources(this IServiceCollection services, Roles roles)
    {
        services.AddSingleton<Intake>();
        services.AddHttpSources();
        services.AddHj212Keys();
        if (roles.HasFlag(Roles.Broker)) services.AddMqttBroker();
        if (roles.HasFlag(Roles.Ingest)) services.AddExternalBroker();
        if (roles.HasFlag(Roles.Ingest)) services.AddHj212();
        return services;
    }

    public static void MapSources(this IEndpointRouteBuilder endpoints, Roles roles)
    {
        endpoints.MapHttpSources();
        if (roles.HasFlag(Roles.Broker)) endpoints.MapMqttWebSocket();
    }
}
