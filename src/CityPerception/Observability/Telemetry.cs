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
        if (otlp.Endpoint.Length == 0) return services;

        var endpoint = new Uri(otlp.Endpoint);
        telemetry
            .WithMetrics(metrics => metrics.AddOtlpExporter(o => o.Endpoint = endpoint))
            .WithTracing(tracing => tracing.AddAspNetCoreInstrumentation().AddOtlpExporter(o => o.Endpoint = endpoint));
        return services;
    }
}
