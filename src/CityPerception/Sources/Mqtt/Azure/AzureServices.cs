using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Mqtt.Azure;

/// <summary>Registration of the Azure IoT dialect, for the embedded broker.</summary>
internal static class AzureServices
{
    public static IServiceCollection AddAzureDialect(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<AzureOptions>, AzureOptionsValidator>();
        services.AddSingleton<IValidateOptions<AzureOptions>, AzureKeyFileRule>();
        services.AddOptions<AzureOptions>().BindConfiguration(AzureOptions.Section).ValidateOnStart();
        services.AddSingleton<AzureKeys>();
        services.AddSingleton<AzureGate>();
        services.AddSingleton<Twins>();
        services.AddSingleton<AzureParts>();
        return services;
    }
}
