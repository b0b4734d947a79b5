using System.Net;
using CityPerception.TestKit;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Configuration;

/// <summary>Saved changes of the configuration, taken by a running server.</summary>
public sealed class ReloadTests
{
    private const string NewSource = """
        source: new-source
        sense: thing
        decode: json
        observation:
          measurement: noise
          time: { path: $.ts, as: unix-ms }
          tags:
            device: $.id
            district: { const: "140403" }
          fields:
            leq: $.leq
        """;

    private const string Message = """{"id":"N1","ts":1760000000000,"leq":51.5}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Save_NewSource_IsTakenWithoutARestart()
    {
        using var config = new ConfigCopy();
        using var data = new TempFolder();
        await using Server server = await Server.StartAsync(data.Path, config.Path);
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(server, "new-source", Message));

        config.Write("sources/new-source.yaml", NewSource);

        await Until.TrueAsync("the new source takes messages", async () => await PostAsync(server, "new-source", Message) == HttpStatusCode.Accepted, Ct);
        await server.WaitUntilDrainedAsync();
        Assert.Equal(0, (await server.StopAsync()).ExitCode);
        Assert.Equal([(1_760_000_000_000_000_000, 51.5)], await Kept.PointsAsync(data.Path, "noise", "leq"));
    }

    [Fact]
    public async Task Save_BrokenFile_KeepsTheOldPlanAndSaysWhereUntilItIsRepaired()
    {
        using var config = new ConfigCopy();
        using var data = new TempFolder();
        await using Server server = await Server.StartAsync(data.Path, config.Path);
        Assert.Equal(("healthy", "current"), await server.ReadyAsync("configuration"));
        string good = config.Read("sources/air-station.yaml");
        int line = good.Split('\n').TakeWhile(l => !l.Contains("measurement: air_quality", StringComparison.Ordinal)).Count() + 1;

        config.Replace("sources/air-station.yaml", "measurement: air_quality", "measurement: air_qualty");

        await Until.TrueAsync("the configuration is degraded", async () => (await server.ReadyAsync("configuration")).Status == "degraded", Ct);
        string reason = (await server.ReadyAsync("configuration")).Reason;
        Assert.Contains($"sources/air-station.yaml:{line}:", reason, StringComparison.Ordinal);
        Assert.Contains("air_quality", reason, StringComparison.Ordinal);
        Assert.Contains($"sources/air-station.yaml:{line}:", server.Printed, StringComparison.Ordinal);
        using (HttpResponseMessage ready = await server.Http.GetAsync("/healthz/ready", Ct)) Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(server, "air-station", NumberedLoad.Message(1)));

        config.Write("sources/air-station.yaml", good);
        await Until.TrueAsync("the configuration is healthy again", async () => await server.ReadyAsync("configuration") == ("healthy", "current"), Ct);
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(server, "air-station", NumberedLoad.Message(2)));
    }

    [Fact]
    public async Task Save_NewField_IsStored()
    {
        using var config = new ConfigCopy();
        using var data = new TempFolder();
        await using Server server = await Server.StartAsync(data.Path, config.Path);
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(server, "air-station", NumberedLoad.Message(1))); // its table is made without the field

        config.Replace("measurements.yaml", "      leq: { unit: dB(A), range: [0, 160], name: { zh: 等效声级, en: equivalent level } }",
            "      leq: { unit: dB(A), range: [0, 160], name: { zh: 等效声级, en: equivalent level } }\n      ldn: { unit: dB(A), range: [0, 160] }");
        config.Write("sources/new-source.yaml", NewSource.Replace("leq: $.leq", "ldn: $.leq", StringComparison.Ordinal));

        await Until.TrueAsync("the new source takes messages", async () => await PostAsync(server, "new-source", Message) == HttpStatusCode.Accepted, Ct);
        await server.WaitUntilDrainedAsync();
        Assert.Equal(0, await server.MetricAsync("cityperception_dispatch_lines_refused_total"));
        Assert.Equal(0, (await server.StopAsync()).ExitCode);
        Assert.Equal([(1_760_000_000_000_000_000, 51.5)], await Kept.PointsAsync(data.Path, "noise", "ldn"));
    }

    private static async Task<HttpStatusCode> PostAsync(Server server, string source, string body)
    {
        using HttpResponseMessage answer = await server.PostAsync("/ingest/" + source, body);
        return answer.StatusCode;
    }
}
