namespace CityPerception.Sources.Mqtt.Access;

/// <summary>Registration of who may connect by MQTT.</summary>
internal static class AccessServices
{
    public static IServiceCollection AddMqttAccess(this IServiceCollection services)
    {
        services.AddSingleton<AccessMetrics>();
        services.AddSingleton<Lockouts>();
        services.AddSingleton<PasswordCheck>();
        services.AddSingleton<DeviceGate>();
        services.AddHostedService<Revocation>();
        return services;
    }
}
