using System.Collections.Immutable;
using CityPerception.Core.Mapping;
using CityPerception.Observability;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CityPerception.Configuration;

/// <summary>Registration of the configuration.</summary>
internal static class ConfigurationServices
{
    public static IServiceCollection AddIngestConfiguration(this IServiceCollection services)
    {
        services.AddSingleton(static provider =>
        {
            var plan = ActivatorUtilities.CreateInstance<CurrentPlan>(provider);
            plan.Changed += changed => provider.GetRequiredService<LiveStats>().Names = ToNames(changed);
            return plan;
        });
        services.AddHostedService<ConfigWatcher>();
        services.AddReadiness("configuration", static provider => provider.GetRequiredService<CurrentPlan>().Faults is { Count: > 0 } faults
            ? HealthCheckResult.Degraded($"{faults.Count} faults in the files; the plan from before goes on. The first: {faults[0]}")
            : HealthCheckResult.Healthy("current"));
        return services;
    }

    /// <summary>The names that screens show, from a plan.</summary>
    private static LiveNames ToNames(IngestPlan plan) => new()
    {
        Sources = [.. plan.Sources.Values.OrderBy(s => s.Name, StringComparer.Ordinal)
            .Select(s => new SourceName(s.Name, new BilingualName(s.File.Name?.Zh ?? s.Name, s.File.Name?.En ?? s.Name), s.File.Sense))],
        Districts = plan.City.Districts.Select(d => KeyValuePair.Create(d.Code, Name(d.Names, d.Code)))
            .Append(KeyValuePair.Create(plan.City.Code, Name(plan.City.Names, plan.City.Code))).ToImmutableDictionary(),
        Measurements = plan.Measurements.ByName.Values.ToImmutableDictionary(m => m.Name, m => Name(m.Names, m.Name)),
        Fields = [.. plan.Measurements.ByName.Values.SelectMany(m => m.Fields, (m, f) => new FieldName(m.Name, f.Name, Name(f.Names, f.Name), f.Unit))],
    };

    private static BilingualName Name(Core.Configuration.Names? names, string fallback) => new(names?.Zh ?? fallback, names?.En ?? fallback);
}
