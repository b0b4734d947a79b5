using System.Text.Json;
using CityPerception.Access;
using CityPerception.Hosting;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace CityPerception.Observability;

/// <summary>
/// <c>/healthz/live</c>: the process answers. <c>/healthz/ready</c>: it can do its work, with a reason for each part.
/// A part that works with a restriction (the store is away and the spool buffers, a broken configuration keeps the old
/// plan) is degraded: still 200, since taking the server out of service would help nobody. 503 when a part cannot work.
/// </summary>
internal static class Readiness
{
    private const string Tag = "ready";

    /// <summary>Adds a part to <c>/healthz/ready</c>. The check must not wait: it reports a state that its part keeps.</summary>
    public static IServiceCollection AddReadiness(this IServiceCollection services, string part, Func<IServiceProvider, HealthCheckResult> check)
    {
        services.AddHealthChecks().Add(new HealthCheckRegistration(part, provider => new Part(() => check(provider)), failureStatus: null, tags: [Tag]));
        return services;
    }

    /// <summary>The part that every process has: it has started and is not stopping.</summary>
    public static IServiceCollection AddHostReadiness(this IServiceCollection services) =>
        services.AddReadiness("host", provider =>
        {
            var lifetime = provider.GetRequiredService<IHostApplicationLifetime>();
            if (lifetime.ApplicationStopping.IsCancellationRequested) return HealthCheckResult.Unhealthy("stopping");
            return lifetime.ApplicationStarted.IsCancellationRequested ? HealthCheckResult.Healthy("running") : HealthCheckResult.Unhealthy("starting");
        });

    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks("/healthz/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync }).OpenToAll();
        endpoints.MapHealthChecks("/healthz/ready", new HealthCheckOptions { Predicate = r => r.Tags.Contains(Tag), ResponseWriter = WriteAsync }).OpenToAll();
    }

    private static async Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("status", Name(report.Status));
        json.WriteStartObject("parts");
        // Where credentials are required, strangers learn whether it works, and not of what it is made.
        bool isOpen = !context.RequestServices.GetRequiredService<IOptions<SecurityOptions>>().Value.Required || context.User.Identity is { IsAuthenticated: true };
        foreach ((string part, HealthReportEntry entry) in report.Entries.Where(_ => isOpen))
        {
            json.WriteStartObject(part);
            json.WriteString("status", Name(entry.Status));
            // The message of an exception stays in the log: it may name paths and addresses.
            json.WriteString("reason", entry.Description ?? (entry.Exception is null ? "" : "the check itself failed; see the log"));
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }

    private static string Name(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };

    private sealed class Part(Func<HealthCheckResult> check) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(check());
    }
}
