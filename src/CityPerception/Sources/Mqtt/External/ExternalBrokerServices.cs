using CityPerception.Observability;
using CityPerception.Sources.Mqtt.Lane;
using Microsoft.Extensions.DependencyInjection.Extensions;
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
        // Also the embedded broker's, where there is one.
        services.TryAddSingleton<TopicRoutes>();
        services.TryAddSingleton<MqttIngest>();
        services.TryAddSingleton<LaneWorks>();
        services.TryAddSingleton<InFlightTotal>();
        services.AddSingleton<ChannelParts>();
        services.AddSingleton<ExternalBrokerMetrics>();
        services.AddSingleton<BrokerState>();
        services.AddHostedService<ExternalBroker>();
        services.AddReadiness("external-broker", static provider => provider.GetRequiredService<BrokerState>().Check());
        return services;
    }
}
