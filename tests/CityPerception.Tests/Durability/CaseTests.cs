using System.Globalization;
using System.Net;
using System.Text.Json;
using CityPerception.TestKit;
using CityPerception.Tests.Cli;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Durability;

/// <summary>Cases as people see them, beside a server that dies, and of one whose operational database is away.</summary>
public sealed class CaseTests
{
    private const int Cases = 400;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kill_WhileCasesCome_LosesNoneOfThem()
    {
        using var data = new TempFolder();
        string[] states = ["reported", "dispatched", "closed"];
        foreach (string state in states)
        {
            await using Server server = await Server.StartAsync(data.Path);
            for (int i = 0; i < Cases; i += 50)
            {
                string events = string.Join('\n', Enumerable.Range(i, 50).Select(n => Event($"K{n}", state, Array.IndexOf(states, state))));
                using HttpResponseMessage taken = await server.PostAsync("/ingest/case-event", events);
                Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
            }

            await server.KillAsync(); // in the middle of what follows from them
        }

        await using Server last = await Server.StartAsync(data.Path);
        await last.WaitUntilDrainedAsync();
        Assert.Equal(Cases, await CountAsync(last, "state=closed"));
        JsonElement one = await GetAsync(last, "/api/cases/case-event/K7");
        Assert.Equal(states, one.GetProperty("stages").EnumerateArray().Select(s => s.GetProperty("state").GetString()));

        (int exitCode, string output, string error) = await CliProcess.RunAsync(["cases", "rebuild", "--data", data.Path]);
        Assert.True(exitCode == 0 && output.Contains($"{Cases} cases", StringComparison.Ordinal), output + error);
        Assert.Equal(Cases, await CountAsync(last, "state=closed"));
    }

    [Fact]
    public async Task Deadline_PassedWithoutAClosing_WritesAPointThatALateWordTakesBack()
    {
        using var data = new TempFolder();
        await using Server server = await Server.StartAsync(data.Path);
        DateTimeOffset begun = TimeProvider.System.GetUtcNow().AddHours(-3);
        await PostAsync(server, $$"""{"caseId":"D1","state":"dispatched","district":"潞州区","time":"{{begun:O}}","limit":"1小时"}""");
        await Until.TrueAsync("the case is overdue", async () => await CountAsync(server, "overdue=true&district=140403") == 1, Ct);
        await PostAsync(server, $$"""{"caseId":"D1","state":"closed","district":"潞州区","time":"{{begun.AddMinutes(30):O}}"}""");
        await Until.TrueAsync("the case was on time", async () => await CountAsync(server, "overdue=false&state=closed") == 1, Ct);
        JsonElement one = (await GetAsync(server, "/api/cases/case-event/D1")).GetProperty("case");
        Assert.True(one.GetProperty("onTime").GetBoolean());

        using var again = new HttpRequestMessage(HttpMethod.Get, "/api/cases?source=case-event");
        using HttpResponseMessage first = await server.Http.GetAsync("/api/cases?source=case-event", Ct);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using HttpResponseMessage unchanged = await server.Http.SendAsync(again, Ct);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        using HttpResponseMessage wrong = await server.Http.GetAsync("/api/cases?overdue=perhaps", Ct);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Fact]
    public async Task Database_Away_MessagesAreTakenAndWaitInTheSpool()
    {
        using var data = new TempFolder();
        int port = FreePort.Take(1)[0];
        await using Server server = await Server.StartAsync(data.Path, set: ["Operations:Kind=postgresql", $"Operations:Postgres=Host=127.0.0.1;Port={port};Database=x;Username=x;Timeout=1"]);
        await PostAsync(server, Event("A1", "reported", 0));
        await Until.TrueAsync("it is said", async () => await server.ReadyAsync("operations") is ("degraded", { } reason) && reason.Contains("spool", StringComparison.Ordinal), Ct);
        using HttpResponseMessage asked = await server.Http.GetAsync("/api/cases", Ct);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, asked.StatusCode);
        Assert.NotEqual(0, await server.MetricAsync("cityperception_spool_size_bytes"));
        Assert.Equal(0, (await server.StopAsync()).ExitCode);

        await using Server mended = await Server.StartAsync(data.Path);
        await Until.TrueAsync("the case is there", async () => await CountAsync(mended, "source=case-event") == 1, Ct);
    }

    private static string Event(string id, string state, int hour) => string.Create(
        CultureInfo.InvariantCulture, $"{{\"caseId\":\"{id}\",\"state\":\"{state}\",\"district\":\"潞州区\",\"time\":\"2026-03-02T{9 + hour:00}:00:00+08:00\"}}");

    private static async Task PostAsync(Server server, string body)
    {
        using HttpResponseMessage answer = await server.PostAsync("/ingest/case-event", body);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    private static async Task<int> CountAsync(Server server, string query) => (await GetAsync(server, $"/api/cases?limit=1000&{query}")).GetProperty("cases").GetArrayLength();

    private static async Task<JsonElement> GetAsync(Server server, string path)
    {
        using JsonDocument answer = JsonDocument.Parse(await server.Http.GetStringAsync(path, Ct));
        return answer.RootElement.Clone();
    }
}
