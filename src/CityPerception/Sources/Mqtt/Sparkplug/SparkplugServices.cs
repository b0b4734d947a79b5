using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Mqtt.Sparkplug;

/// <summary>Registration of Sparkplug B, for both brokers: a second call adds nothing.</summary>
internal static class SparkplugServices
{
    public static IServiceCollection AddSparkplug(this IServiceCollection services)
    {
        if (services.Any(s => s.ServiceType == typeof(SparkplugNodes))) return services;
        services.AddSingleton<IValidateOptions<SparkplugOptions>, SparkplugOptionsValidator>();
        services.AddSingleton<IValidateOptions<SparkplugOptions>, SparkplugRules>();
        services.AddOptions<SparkplugOptions>().BindConfiguration(SparkplugOptions.Section).ValidateOnStart();
        services.AddSingleton<SparkplugMetrics>();
        services.AddSingleton<SparkplugNodes>();
        services.AddSingleton<SparkplugHost>();
        services.AddSingleton<SparkplugSender>();
        services.AddHostedService(static provider => provider.GetRequiredService<SparkplugSender>());
        return services;
    }
}
