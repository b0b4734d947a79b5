using CityPerception.Storage.DeadLetters;
using CityPerception.Storage.Dispatch;
using CityPerception.Storage.Spooling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CityPerception.Storage;

/// <summary>Adds the parts between acknowledged and stored to a host.</summary>
public static class StorageServices
{
    /// <summary>The <see cref="Spool"/>, in a directory.</summary>
    public static IServiceCollection AddSpool(this IServiceCollection services, string directory)
    {
        services.TryAddSingleton<StorageMetrics>();
        services.AddSingleton<IValidateOptions<SpoolOptions>, SpoolOptionsValidator>();
        services.AddSingleton<IValidateOptions<SpoolOptions>, SpoolOptionsCrossChecks>();
        services.AddOptions<SpoolOptions>().BindConfiguration("Spool").ValidateOnStart();
        return services.AddSingleton(provider =>
        {
            Spool spool = Spool.Open(
                directory,
                provider.GetRequiredService<IOptions<SpoolOptions>>().Value,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<Spool>>());
            provider.GetRequiredService<StorageMetrics>().Observe(spool);
            return spool;
        });
    }

    /// <summary>The <see cref="DeadLetterLog"/>, in a directory, and what keeps it within its limits.</summary>
    public static IServiceCollection AddDeadLetters(this IServiceCollection services, string directory)
    {
        services.TryAddSingleton<StorageMetrics>();
        services.AddSingleton<IValidateOptions<DeadLetterOptions>, DeadLetterOptionsValidator>();
        services.AddOptions<DeadLetterOptions>().BindConfiguration("DeadLetters").ValidateOnStart();
        services.AddSingleton(provider =>
        {
            StorageMetrics metrics = provider.GetRequiredService<StorageMetrics>();
            DeadLetterLog letters = DeadLetterLog.Open(
                directory,
                provider.GetRequiredService<IOptions<DeadLetterOptions>>().Value,
                provider.GetRequiredService<TimeProvider>(),
                metrics,
                provider.GetRequiredService<ILogger<DeadLetterLog>>());
            metrics.Observe(letters);
            return letters;
        });
        return services.AddHostedService<DeadLetterRetention>();
    }

    /// <summary>The <see cref="Dispatcher"/>, from the spool to the <c>IStore</c> that is registered.</summary>
    public static IServiceCollection AddDispatcher(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<DispatcherOptions>, DispatcherOptionsValidator>();
        services.AddOptions<DispatcherOptions>().BindConfiguration("Dispatch").ValidateOnStart();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<StorePipeline>(provider, provider.GetRequiredService<IOptions<DispatcherOptions>>().Value));
        return services.AddHostedService<Dispatcher>();
    }
}
