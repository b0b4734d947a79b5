using CityPerception.Storage.DeadLetters;
using CityPerception.Storage.Dispatch;
using CityPerception.Storage.Projections;
using CityPerception.Storage.Spooling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CityPerception.Storage;

/// <summary>Adds the parts between acknowledged and stored to a host.</summary>
public static class StorageServices
{
    /// <summary>The <see cref="Spool"/> of live data, in a directory, and what opens it again after its disk failed.</summary>
    public static IServiceCollection AddSpool(this IServiceCollection services, string directory)
    {
        services.AddSingleton<IValidateOptions<SpoolOptions>, SpoolOptionsValidator>();
        services.AddSingleton<IValidateOptions<SpoolOptions>, SpoolOptionsCrossChecks>();
        services.AddOptions<SpoolOptions>().BindConfiguration("Spool").ValidateOnStart();
        services.AddSpool(SpoolMeter.Live, directory, static provider => provider.GetRequiredService<IOptions<SpoolOptions>>().Value);
        services.AddSingleton(static provider => provider.GetRequiredKeyedService<Spool>(SpoolMeter.Live));
        return services.AddSingleton(static provider => provider.GetRequiredKeyedService<SpoolMeter>(SpoolMeter.Live));
    }

    /// <summary>A second <see cref="Spool"/> with the key <see cref="BackfillOptions.Name"/>, for what comes late and in bulk.</summary>
    public static IServiceCollection AddBackfillSpool(this IServiceCollection services, string directory)
    {
        services.AddSingleton<IValidateOptions<BackfillOptions>, BackfillOptionsValidator>();
        services.AddOptions<BackfillOptions>().BindConfiguration("Backfill").ValidateOnStart();
        return services.AddSpool(BackfillOptions.Name, directory, static provider => provider.GetRequiredService<IOptions<BackfillOptions>>().Value.ToSpoolOptions());
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
                provider.GetRequiredService<ILogger<DeadLetterLog>>(),
                provider.GetService<LetterKeys>() is { } keys ? new LetterPrivacy(keys, provider.GetService<ILetterSense>()) : null);
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
        services.AddSingleton(static provider => new ProjectionSet(
            provider.GetServices<IProjection>, provider.GetService<ProjectionsReady>(), provider.GetRequiredService<StorageMetrics>(), provider.GetRequiredService<ILogger<ProjectionSet>>()));
        services.AddSingleton<ArrivalWatch>();
        return services.AddHostedService<Dispatcher>();
    }

    /// <summary>A second <see cref="Dispatcher"/>, from the backfill's spool to the same store, that stands back for the first.</summary>
    public static IServiceCollection AddBackfillDispatcher(this IServiceCollection services)
    {
        // By its key, so that the dispatcher of live data does not find it.
        services.AddKeyedSingleton(BackfillOptions.Name, static (provider, _) => new BackfillPace(
            provider.GetRequiredService<SpoolMeter>(),
            provider.GetRequiredService<StorePipeline>().PreferredBatchLines,
            provider.GetRequiredService<IOptions<BackfillOptions>>().Value,
            provider.GetRequiredService<TimeProvider>()));
        return services.AddSingleton<IHostedService>(static provider => ActivatorUtilities.CreateInstance<Dispatcher>(
            provider, provider.GetRequiredKeyedService<SpoolMeter>(BackfillOptions.Name), provider.GetRequiredKeyedService<BackfillPace>(BackfillOptions.Name)));
    }

    private static IServiceCollection AddSpool(this IServiceCollection services, string name, string directory, Func<IServiceProvider, SpoolOptions> options)
    {
        services.TryAddSingleton<StorageMetrics>();
        services.AddKeyedSingleton(name, (provider, _) =>
        {
            var spool = Spool.Open(directory, options(provider), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<Spool>>());
            return provider.GetRequiredService<StorageMetrics>().Follow(spool, name);
        });
        services.AddKeyedSingleton(name, static (provider, key) => provider.GetRequiredKeyedService<SpoolMeter>(key).Spool);
        return services.AddSingleton<IHostedService>(provider => ActivatorUtilities.CreateInstance<SpoolKeeper>(provider, provider.GetRequiredKeyedService<Spool>(name)));
    }
}
