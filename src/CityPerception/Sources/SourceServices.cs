using CityPerception.Access;
using CityPerception.Hosting;
using CityPerception.Sources.Devices;
using CityPerception.Sources.Hj212;
using CityPerception.Sources.Http;
using CityPerception.Sources.Mqtt;
using CityPerception.Sources.Mqtt.External;
using CityPerception.Sources.Open311;
using CityPerception.Storage.Dispatch;
using CityPerception.Storage.Spooling;

namespace CityPerception.Sources;

/// <summary>Registration of every way in. A new transport is a folder beside this file and a line here.</summary>
internal static class SourceServices
{
    /// <summary>The <see cref="Intake"/> of what is brought in late and in bulk, by the backfill's key.</summary>
    public static IServiceCollection AddBackfillIntake(this IServiceCollection services) =>
        services.AddKeyedSingleton(BackfillOptions.Name, static (provider, key) => ActivatorUtilities.CreateInstance<Intake>(provider, provider.GetRequiredKeyedService<Spool>(key)));

    public static IServiceCollection AddSources(this IServiceCollection services, Roles roles)
    {
        services.AddDevices();
        services.AddSingleton<Intake>();
        services.AddBackfillIntake();
        services.AddHttpSources();
        services.AddOpen311();
        services.AddHj212Keys();
        if (roles.HasFlag(Roles.Broker)) services.AddMqttBroker();
        if (roles.HasFlag(Roles.Ingest)) services.AddExternalBroker();
        if (roles.HasFlag(Roles.Ingest)) services.AddHj212();
        return services;
    }

    public static void MapSources(this IEndpointRouteBuilder endpoints, Roles roles)
    {
        endpoints.MapHttpSources();
        endpoints.MapOpen311();
        if (roles.HasFlag(Roles.Broker)) endpoints.MapGroup("").OpenToAll().MapMqttWebSocket(); // MQTT asks for its own credentials
    }
}
