using CityPerception.Hosting;
using CityPerception.Sources.Devices;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Mqtt.Access;

/// <summary>Registration of who may connect by MQTT.</summary>
internal static class AccessServices
{
    public static IServiceCollection AddMqttAccess(this IServiceCollection services)
    {
        services.AddSingleton<AccessMetrics>();
        services.AddSingleton<DeviceGate>();
        services.AddSingleton<DeviceRates>();
        services.AddSingleton<IValidateOptions<MqttOptions>, ClientAuthoritiesRule>();
        services.AddSingleton<ClientAuthorities>();
        services.AddSingleton<CertificateCheck>();
        services.AddSingleton<IRegistryListener, Revocation>();
        return services;
    }
}
