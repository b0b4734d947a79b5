using System.Net;
using System.Text.Json;
using CityPerception.Observability;
using CityPerception.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace CityPerception.Tests.Observability;

public sealed class HealthTests
{
    [Theory]
    [InlineData("/healthz/live")]
    [InlineData("/healthz/ready")]
    public async Task Health_OfARunningServer_IsHealthy(string path)
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpResponseMessage answer = await server.Client.GetAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using JsonDocument health = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("healthy", health.RootElement.GetProperty("status").GetString());
    }

    [Theory]
    [InlineData(HealthStatus.Unhealthy, HttpStatusCode.ServiceUnavailable, "unhealthy")]
    [InlineData(HealthStatus.Degraded, HttpStatusCode.OK, "degraded")]
    public async Task Ready_APartInTrouble_IsNamedWithItsReason(HealthStatus status, HttpStatusCode code, string name)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddHostReadiness().AddReadiness("spool", _ => new HealthCheckResult(status, "the disk is full"));
        await using WebApplication app = builder.Build();
        app.MapHealth();
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        using HttpResponseMessage answer = await client.GetAsync("/healthz/ready", TestContext.Current.CancellationToken);

        Assert.Equal(code, answer.StatusCode);
        using JsonDocument health = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(name, health.RootElement.GetProperty("status").GetString());
        JsonElement parts = health.RootElement.GetProperty("parts");
        Assert.Equal("the disk is full", parts.GetProperty("spool").GetProperty("reason").GetString());
        Assert.Equal("healthy", parts.GetProperty("host").GetProperty("status").GetString());
    }
}
