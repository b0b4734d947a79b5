using CityPerception.Observability;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Mqtt.External;

/// <summary>Registration of the external broker. Without <c>Mqtt:Broker</c> it does nothing.</summary>
internal static class ExternalBrokerServices
{
    public static IServiceCollection AddExternalBroker(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<ExternalBrokerOptions>, ExternalBrokerOptionsValidator>();
        services.AddSingleton<IValidateOptions<ExternalBrokerOptions>, ExternalBrokerRules>();
        services.AddOptions<ExternalBrokerOptions>().BindConfiguration(ExternalBrokerOptions.Section).ValidateOnStart();
        services.AddMqttIngest();
        services.AddSingleton<ChannelParts>();
        services.AddSingleton<SparkplugVoice>();
        services.AddSingleton<ExternalBrokerMetrics>();
        services.AddSingleton<BrokerState>();
        services.AddHostedService<ExternalBroker>();
        services.AddReadiness("external-broker", static provider => provider.GetRequiredService<BrokerState>().Check());
        return services;
    }
}
