using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;
using CityPerception.Tests.Cli;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Upkeep;

/// <summary>Commands that work on the store: the running server does it, and the command where none runs.</summary>
public sealed class UpkeepCommandTests
{
    [Fact]
    public async Task RollupAndRetention_BesideTheServerAndWithout_DoTheSame()
    {
        using var data = new TempFolder();
        DateTimeOffset old = TimeProvider.System.GetUtcNow().AddDays(-500);
        using ConfigCopy configs = WithoutFleet();
        string config = configs.Path;
        await using (Server server = await Server.StartAsync(data.Path, config))
        {
            using (HttpResponseMessage written = await server.PostAsync("/write?precision=s", $"weather,device=W1 temperature=5 {old.ToUnixTimeSeconds()}\nweather,device=W1 temperature=6 {TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}"))
                Assert.Equal(HttpStatusCode.NoContent, written.StatusCode);
            using (HttpResponseMessage taken = await server.PostAsync(
                "/ingest/grid-incident", $$"""{"caseId":"UP-1","state":"reported","time":"{{TimeProvider.System.GetUtcNow().AddHours(-40):O}}","category":"event.appearance","district":"140430","text":"垃圾堆积"}"""))
                Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
            await server.WaitUntilDrainedAsync();

            (int dryExit, string dry, string dryError) = await RunAsync(data, "rollup", "--from", Day(-2), "--to", Day(-1), "--channel", "city", "--window", "1h,1d", "--dry-run");
            Assert.True(dryExit == 0 && Written(dry) > 0 && dry.Contains("would be written", StringComparison.Ordinal), dry + dryError);
            (int exit, string output, string error) = await RunAsync(data, "rollup", "--from", Day(-2), "--to", Day(-1), "--channel", "city", "--window", "1h,1d");
            Assert.True(exit == 0 && Written(output) > 0, output + error);

            (int wrong, _, string fault) = await RunAsync(data, "rollup", "--from", "yesterday");
            Assert.True(wrong == 2 && fault.Contains("2026-11-01", StringComparison.Ordinal), fault);
            (wrong, _, fault) = await RunAsync(data, "rollup", "--from", Day(-2), "--channel", "citty");
            Assert.True(wrong == 2 && fault.Contains("Did you mean city?", StringComparison.Ordinal), fault);
            Assert.Equal(0, (await server.StopAsync()).ExitCode);
        }

        (int again, string same, string problem) = await RunAsync(data, "rollup", "--from", Day(-2), "--to", Day(-1), "--channel", "city", "--window", "1h,1d", "--config", config);
        Assert.True(again == 0 && Written(same) == 0, same + problem);

        JsonElement share = await WeatherAsync(data, config, "--dry-run");
        Assert.Equal(("raw", 1), (share.GetProperty("kind").GetString(), share.GetProperty("points").GetInt32()));
        Assert.Equal(old.ToUnixTimeSeconds(), share.GetProperty("first").GetDateTimeOffset().ToUnixTimeSeconds());
        Assert.Equal(1, (await WeatherAsync(data, config)).GetProperty("points").GetInt32());
        Assert.Equal(JsonValueKind.Undefined, (await WeatherAsync(data, config, "--dry-run")).ValueKind);

        await using Server last = await Server.StartAsync(data.Path, config);
        (int exitCode, string done, string errors) = await RunAsync(data, "retention");
        Assert.True(exitCode == 0 && done.Contains("0 points", StringComparison.Ordinal) && done.Contains("observations are kept from", StringComparison.Ordinal), done + errors);
    }

    [Fact]
    public async Task Retention_OnInfluxDb_TakesTheSame()
    {
        using var data = new TempFolder();
        await using InfluxServer influx = await InfluxServer.StartAsync(TestContext.Current.CancellationToken);
        (string[] set, (string, string)[] environment) = InfluxSettings.Of(influx, InfluxServer.NewDatabaseName());
        using ConfigCopy configs = WithoutFleet();
        string config = configs.Path;
        await using Server server = await Server.StartAsync(data.Path, config, set, environment);
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        using (HttpResponseMessage written = await server.PostAsync("/write?precision=s", $"weather,device=W1 temperature=5 {now - (500 * 86_400)}\nweather,device=W1 temperature=6,humidity=40 {now - (450 * 86_400)}\nweather,device=W1 temperature=7 {now}"))
            Assert.Equal(HttpStatusCode.NoContent, written.StatusCode);
        await server.WaitUntilDrainedAsync();

        Assert.Equal(2, (await WeatherAsync(data, config, "--dry-run")).GetProperty("points").GetInt32());
        Assert.Equal(2, (await WeatherAsync(data, config)).GetProperty("points").GetInt32());
        Assert.Equal(JsonValueKind.Undefined, (await WeatherAsync(data, config, "--dry-run")).ValueKind);
    }

    // Of the weather no other channel has a KPI: nothing waits to be computed from it.
    private static ConfigCopy WithoutFleet()
    {
        var config = new ConfigCopy();
        File.Delete(Path.Combine(config.Path, "channels", "iot.yaml"));
        return config;
    }

    private static async Task<JsonElement> WeatherAsync(TempFolder data, string config, params string[] more)
    {
        (int exitCode, string list, string errors) = await RunAsync(data, ["retention", "--json", "--config", config, .. more]);
        Assert.True(exitCode == 0, list + errors);
        return JsonSerializer.Deserialize<JsonElement>(list).GetProperty("shares").EnumerateArray().SingleOrDefault(s => s.GetProperty("measurement").GetString() == "weather");
    }

    [Fact]
    public async Task Plan_OfABoundAndAMapping_BackTestsTheOneAndSaysThatTheOtherCannotBe()
    {
        using var data = new TempFolder();
        using var changed = new ConfigCopy();
        changed.Replace("channels/city.yaml", "{ of: unusual, green: [-1000, 2], yellow: [-1000, 3], orange: [-1000, 4] }", "{ green: [0, 1], yellow: [0, 2] }");
        changed.Write("sources/grid-incident.yaml", changed.Read("sources/grid-incident.yaml") + "\n# changed\n");
        await using (Server server = await Server.StartAsync(data.Path))
        {
            for (int i = 0; i < 3; i++)
            {
                using HttpResponseMessage taken = await server.PostAsync(
                    "/ingest/grid-incident", $$"""{"caseId":"PL-{{i}}","state":"reported","time":"{{TimeProvider.System.GetUtcNow().AddHours(-40):O}}","category":"event.appearance","district":"140430","text":"垃圾堆积"}""");
                Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
            }

            await server.WaitUntilDrainedAsync();
            (int exitCode, string output, string error) = await RunAsync(data, "plan", "--config", changed.Path, "--days", "3", "--json");
            Assert.True(exitCode == 0, output + error);
            JsonElement answer = JsonSerializer.Deserialize<JsonElement>(output);
            Assert.Equal("sources/grid-incident.yaml", Assert.Single(answer.GetProperty("notCompared").EnumerateArray()).GetString());
            JsonElement hours = Assert.Single(answer.GetProperty("kpis").EnumerateArray(), k => k.GetProperty("window").GetString() == "1h");
            Assert.Equal("incident_reported", hours.GetProperty("kpi").GetString());
            Assert.Equal((0, 0), (hours.GetProperty("values").GetInt32(), hours.GetProperty("now").GetProperty("red").GetInt32()));
            Assert.True(hours.GetProperty("then").GetProperty("red").GetInt32() > 0, output);

            (exitCode, output, error) = await RunAsync(data, "plan", "--config", changed.Path, "--days", "3");
            Assert.True(exitCode == 0 && error.Contains("no mapping can be run over them again", StringComparison.Ordinal), output + error);
            Assert.Matches(@"city incident_reported 1h: [1-9]\d* red windows \(now 0\)", output);
            Assert.Equal(0, (await server.StopAsync()).ExitCode);
        }

        (int ended, string alone, string errors) = await RunAsync(data, "plan", "--config", changed.Path, "--days", "3", "--against", RepositoryFolder.Find("ingest-configs"));
        Assert.True(ended == 0, alone + errors);
        Assert.Matches(@"city incident_reported 1h: [1-9]\d* red windows \(now 0\)", alone);

        changed.Write("channels/city.yaml", "channel: city");
        (int wrong, string print, string fault) = await RunAsync(data, "plan", "--config", changed.Path);
        Assert.True(wrong != 0 && fault.Contains("channels/city.yaml", StringComparison.Ordinal), print + fault);
    }

    private static string Day(int days) => TimeProvider.System.GetUtcNow().AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static int Written(string output) => int.Parse(Regex.Match(output, @"computed, (\d+) ").Groups[1].ValueSpan, CultureInfo.InvariantCulture);

    private static Task<(int ExitCode, string Output, string Error)> RunAsync(TempFolder data, params string[] arguments) => CliProcess.RunAsync([.. arguments, "--data", data.Path]);
}
