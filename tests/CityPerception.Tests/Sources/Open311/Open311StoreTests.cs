using System.Net;
using System.Text.Json;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Sources.Open311;

/// <summary>Reports with InfluxDB as the store, there and away.</summary>
public sealed class Open311StoreTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Report_WithInfluxDb_IsFoundAndClosed()
    {
        await using InfluxServer influx = await InfluxServer.StartAsync(Ct);
        (string[] set, (string, string)[] environment) = InfluxSettings.Of(influx, InfluxServer.NewDatabaseName());
        using var data = new TempFolder();
        await using Server server = await Server.StartAsync(data.Path, null, set, environment);
        string litter = await ReportAsync(server), advert = await ReportAsync(server, "event.advert");
        await server.WaitUntilDrainedAsync();
        Assert.Equal(new[] { litter, advert }.Order(), (await ListAsync(server, "")).Order()); // both of one minute
        Assert.Equal([advert], await ListAsync(server, "service_code=event.advert"));

        using HttpResponseMessage closed = await server.PostAsync("/ingest/case-event", $$"""{"caseId":"{{litter}}","state":"结案","time":"{{TimeProvider.System.GetUtcNow():O}}","district":"140403","unit":"公安局"}""");
        Assert.Equal(HttpStatusCode.Accepted, closed.StatusCode);
        await server.WaitUntilDrainedAsync();
        Assert.Equal([litter], await ListAsync(server, "status=closed"));
        Assert.Equal([advert], await ListAsync(server, $"status=open&service_request_id={litter},{advert},{Uri.EscapeDataString("' OR 1=1 --")}"));
    }

    [Fact]
    public async Task Post_SpoolFull_IsToldToComeBack()
    {
        using var data = new TempFolder();
        await using Server server = await Server.StartAsync(data.Path, null, [.. FullSpool.Small, "Store:Kind=influxdb", $"Store:Influx:Url=http://127.0.0.1:{FreePort.Take()}"]);
        await FullSpool.FillAsync(server);

        using var form = new FormUrlEncodedContent(Resident.Report());
        using HttpResponseMessage answer = await server.Http.PostAsync(Resident.Path + "/requests.json", form, Ct);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Contains("\"code\":503", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        using HttpResponseMessage list = await server.Http.GetAsync(Resident.Path + "/requests.json", Ct);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, list.StatusCode);
    }

    private static async Task<string> ReportAsync(Server server, string service = Resident.Litter)
    {
        Dictionary<string, string> report = Resident.Report();
        report["service_code"] = service;
        using var form = new FormUrlEncodedContent(report);
        using HttpResponseMessage answer = await server.Http.PostAsync(Resident.Path + "/requests.json", form, Ct);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return Assert.Single(await IdsAsync(answer));
    }

    private static async Task<string[]> ListAsync(Server server, string query)
    {
        using HttpResponseMessage answer = await server.Http.GetAsync($"{Resident.Path}/requests.json?{query}", Ct);
        return await IdsAsync(answer);
    }

    private static async Task<string[]> IdsAsync(HttpResponseMessage answer)
    {
        using JsonDocument list = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct));
        return [.. list.RootElement.EnumerateArray().Select(r => r.GetProperty("service_request_id").GetString()!)];
    }
}
