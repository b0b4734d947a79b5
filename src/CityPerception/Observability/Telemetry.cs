using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CityPerception.Observability;

/// <summary>Metrics at <c>/metrics</c> for Prometheus, and pushed with traces of HTTP requests to a collector where one is set.</summary>
internal static class Telemetry
{
    public static IServiceCollection AddTelemetry(this IServiceCollection services, OtlpOptions otlp)
    {
        services.AddSingleton<IngestMetrics>();
        OpenTelemetryBuilder telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("cityperception"))
            .WithMetrics(metrics => metrics
                .AddMeter("CityPerception.*") // every subsystem's meter is named so
                .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter());
        // Meters are told apart by name alone, so of two servers in one process each would show the other's as well, until
        // the library's limit of a thousand metrics leaves out its own.
        services.ConfigureOpenTelemetryMeterProvider(static (provider, metrics) =>
        {
            var own = provider.GetRequiredService<IMeterFactory>();
            metrics.AddView(instrument => instrument.Meter.Scope is null || ReferenceEquals(instrument.Meter.Scope, own) ? null : MetricStreamConfiguration.Drop);
        });
        if (otlp.Endpoint.Length == 0) return services;

        var endpoint = new Uri(otlp.Endpoint);
        telemetry
            .WithMetrics(metrics => metrics.AddOtlpExporter(o => o.Endpoint = endpoint))
            .WithTracing(tracing => tracing.AddAspNetCoreInstrumentation().AddOtlpExporter(o => o.Endpoint = endpoint));
        return services;
    }
}
