using CityPerception.Cases;
using CityPerception.Configuration;
using CityPerception.Core.Queries;
using CityPerception.DeadLetters;
using CityPerception.Observability;
using CityPerception.Storage;
using CityPerception.Storage.DeadLetters;
using CityPerception.Storage.Dispatch;
using CityPerception.Storage.Spooling;
using CityPerception.Storage.Stores;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace CityPerception.Hosting;

/// <summary>Everything from acknowledged to stored, in the data directory.</summary>
internal static class StorageParts
{
    public const string StoreSection = "Store", SpoolFolder = "spool", BackfillFolder = "backfill", DeadLetterFolder = "deadletters", DuckDbFile = "cityperception.duckdb";

    /// <summary>The store that the settings name, with DuckDB's file in the data directory unless they say otherwise.</summary>
    public static StoreOptions ReadStore(IConfiguration settings, string dataDirectory)
    {
        StoreOptions options = settings.GetSection(StoreSection).Get<StoreOptions>() ?? new StoreOptions();
        if (settings[$"{StoreSection}:DuckDb:Path"] is null) options.DuckDb.Path = Path.Combine(dataDirectory, DuckDbFile);
        return options;
    }

    public static IServiceCollection AddStorage(this IServiceCollection services, ServeArguments arguments, IConfiguration settings)
    {
        services.AddSpool(Path.Combine(arguments.DataDirectory, SpoolFolder));
        services.AddBackfillSpool(Path.Combine(arguments.DataDirectory, BackfillFolder));
        services.AddLetters(arguments.DataDirectory);
        services.AddSingleton<ILetterSense, LetterSense>();
        services.AddReadiness("spool", static provider => provider.GetRequiredService<Spool>().Failure is { } failure
            ? HealthCheckResult.Unhealthy("nothing is acknowledged: " + failure.Message)
            : HealthCheckResult.Healthy("writable"));
        services.AddReadiness("backfill", static provider => provider.GetRequiredKeyedService<Spool>(BackfillOptions.Name).Failure is { } failure
            ? HealthCheckResult.Degraded("imports and replays are not taken: " + failure.Message)
            : HealthCheckResult.Healthy("writable"));
        if (!arguments.Roles.HasFlag(Roles.Dispatch)) return services.AddStoreOptions(arguments, settings);

        services.AddStore(arguments, settings);
        services.AddCaseProjection();
        services.AddDispatcher();
        services.AddBackfillDispatcher();
        services.AddSingleton<IPipelineCounts, PipelineCounter>();
        services.AddSingleton(static provider => DescribeStore(provider.GetRequiredService<IOptions<StoreOptions>>().Value));
        services.AddReadiness("store", static provider =>
        {
            TimeSpan age = provider.GetRequiredService<Spool>().OldestAge();
            return age > provider.GetRequiredService<IOptions<DispatcherOptions>>().Value.BehindAfter
                ? HealthCheckResult.Degraded($"the spool buffers: its oldest record has waited {age.TotalSeconds:0} s")
                : HealthCheckResult.Healthy("keeps up");
        });
        return services;
    }

    /// <summary>The store itself.</summary>
    public static IServiceCollection AddStore(this IServiceCollection services, ServeArguments arguments, IConfiguration settings)
    {
        services.AddStoreOptions(arguments, settings);
        return services.AddSingleton<IStore>(static provider => Stores.Create(
            provider.GetRequiredService<IOptions<StoreOptions>>().Value,
            () => provider.GetRequiredService<CurrentPlan>().Plan.Measurements,
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<TimeProvider>()));
    }

    private static IServiceCollection AddStoreOptions(this IServiceCollection services, ServeArguments arguments, IConfiguration settings)
    {
        services.AddSingleton<IValidateOptions<StoreOptions>, StoreOptionsValidator>();
        services.AddOptions<StoreOptions>().BindConfiguration(StoreSection).ValidateOnStart();
        if (settings[$"{StoreSection}:DuckDb:Path"] is null)
            services.PostConfigure<StoreOptions>(o => o.DuckDb.Path = Path.Combine(arguments.DataDirectory, DuckDbFile));
        return services;
    }

    private static BannerRow DescribeStore(StoreOptions options) => new(
        "Store 存储",
        options.Kind == Storage.Stores.DuckDb.DuckDbStore.StoreName ? $"duckdb {Path.GetFullPath(options.DuckDb.Path)}" : $"influxdb {options.Influx.Url} ({options.Influx.Database})");

    private sealed class PipelineCounter(SpoolMeter live, [FromKeyedServices(BackfillOptions.Name)] SpoolMeter backfill) : IPipelineCounts
    {
        public PipelineCounts Read() => new(live.LinesWaiting, live.LinesStored, backfill.LinesWaiting);
    }
}
