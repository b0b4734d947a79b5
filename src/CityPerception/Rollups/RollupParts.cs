using CityPerception.Configuration;
using CityPerception.Core.Channels.Calculations;
using CityPerception.Core.Queries;
using CityPerception.Hosting;
using CityPerception.Storage.Cases;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Operations.Rollups;
using CityPerception.Storage.Projections;
using CityPerception.Storage.Rollups;
using Hangfire;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CityPerception.Rollups;

/// <summary>From stored observations to channel views.</summary>
internal static class RollupParts
{
    // The jobs of a tick wait for the store most of the time; each takes a few ms of this process.
    private const int Workers = 4;

    /// <summary>Which windows are due, by the operational database.</summary>
    public static IServiceCollection AddRollupState(this IServiceCollection services) => services
        .AddSingleton(static provider => new RollupState(provider.GetRequiredService<OperationalDbs>(), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<IRollupState>(static provider => provider.GetRequiredService<RollupState>());

    public static IServiceCollection AddRollups(this IServiceCollection services, Roles roles)
    {
        services.AddRollupState();
        if (!roles.HasFlag(Roles.Dispatch)) return services;

        services.AddSingleton(static provider => new ViewReader(provider.GetRequiredService<IStore>()));
        services.AddSingleton<ICaseStates>(static provider => new CaseStates(provider.GetRequiredService<OperationalDbs>()));
        services.AddSingleton<RollupInputs>();
        services.AddSingleton<IProjection>(static provider =>
        {
            CurrentPlan current = provider.GetRequiredService<CurrentPlan>();
            return new DirtyWindows(() => current.Plan.Channels, provider.GetRequiredService<RollupState>(), provider.GetRequiredService<TimeProvider>());
        });
        if (!roles.HasFlag(Roles.Rollup)) return services;

        services.TryAddSingleton<RollupEngine>();
        services.AddSingleton<RollupJob>();
        services.AddSingleton<RollupJobs>();
        // In memory: what is due is known to the operational database, and a start need not wait for it.
        services.AddHangfire(static hangfire => hangfire.UseSimpleAssemblyNameTypeSerializer().UseRecommendedSerializerSettings().UseInMemoryStorage());
        services.AddLogging(static logging => logging.AddFilter("Hangfire", LogLevel.Warning)); // it tells of every thread that it starts
        services.AddHangfireServer(static o =>
        {
            o.WorkerCount = Workers;
            o.SchedulePollingInterval = TimeSpan.FromSeconds(1);
            o.ShutdownTimeout = TimeSpan.FromSeconds(5);
        });
        services.AddHostedService<RollupSchedule>();
        return services;
    }
}
