using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using CityPerception.TestKit;

namespace CityPerception.Tests.Sources.Open311;

/// <summary>The commands of docs/connect/open311.md and cases.md, as a reader runs them in a shell, one after the other.</summary>
public sealed partial class Open311PageTests(CityServer server) : IClassFixture<CityServer>
{
    [Fact]
    public async Task Commands_OfTheOpen311Page_DoWhatItSays()
    {
        string[][] blocks = [.. Blocks("open311.md")];
        Assert.Equal([2, 1, 2, 1], blocks.Select(b => b.Length));

        using JsonDocument services = JsonDocument.Parse(await RunAsync(blocks[0][0]));
        Assert.Equal(12, services.RootElement.GetArrayLength());
        Assert.Equal("service_definition", XDocument.Parse(await RunAsync(blocks[0][1])).Root!.Name);

        string taken = await RunAsync(blocks[1][0]), again = await RunAsync(blocks[1][0]);
        Assert.StartsWith("HTTP/1.1 201 ", taken, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", again, StringComparison.Ordinal);
        string id = IdIn(taken);
        Assert.Equal(id, IdIn(again));

        var resident = new Resident(server);
        await resident.GetAsync($"/requests/{id}.json"); // everything is stored now
        using JsonDocument open = JsonDocument.Parse(await RunAsync(blocks[2][0]));
        Assert.Contains(open.RootElement.EnumerateArray(), r => r.GetProperty("service_request_id").GetString() == id);
        Assert.Contains(XDocument.Parse(await RunAsync(blocks[2][1])).Root!.Elements("request"), r => r.Element("service_request_id")!.Value == id);

        // Its time is the example's: in this test the report was made later.
        string now = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Contains("\"accepted\":1", await RunAsync(blocks[3][0].Replace("SERVICE_REQUEST_ID", id, StringComparison.Ordinal).Replace("2026-11-28T10:00:00+08:00", now, StringComparison.Ordinal)), StringComparison.Ordinal);
        JsonElement closed = (await resident.GetAsync($"/requests/{id}.json")).Json[0];
        Assert.Equal(("closed", "垃圾已清运", "城市管理局"), (closed.GetProperty("status").GetString(), closed.GetProperty("status_notes").GetString(), closed.GetProperty("agency_responsible").GetString()));
    }

    [Fact]
    public async Task Commands_OfTheCasesPage_AreTaken()
    {
        string[] commands = Assert.Single(Blocks("cases.md"));
        Assert.Contains("\"accepted\":1,\"rejected\":0", await RunAsync(commands[0]), StringComparison.Ordinal);
        await RunAsync(commands[1]);
        Assert.Single(await server.PointsAsync("case_event", new Core.Queries.Filter.Text("case_id", "C-2026-17")));
        Assert.Equal(4, (await server.PointsAsync("case_event", new Core.Queries.Filter.Text("case_id", "潞20261124-0187"))).Count);
    }

    private Task<string> RunAsync(string command)
    {
        string root = Path.GetDirectoryName(RepositoryFolder.Find("ingest-configs"))!;
        string here = command.Replace("http://127.0.0.1:8080", server.Http.BaseAddress!.ToString().TrimEnd('/'), StringComparison.Ordinal)
            .Replace("-p 1883", $"-p {server.MqttPort}", StringComparison.Ordinal).Replace("ingest-configs/", Path.Combine(root, "ingest-configs") + "/", StringComparison.Ordinal);
        return Tool.RunAsync("bash", "-c", here);
    }

    private static IEnumerable<string[]> Blocks(string page) => Bash().Matches(File.ReadAllText(Path.Combine(RepositoryFolder.Find("docs/connect"), page)))
        .Select(b => Command().Split(b.Groups[1].Value.Trim()));

    private static string IdIn(string answer) => Id().Match(answer).Groups[1].Value;

    [GeneratedRegex("^```bash\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Bash();

    [GeneratedRegex("\n(?=curl |mosquitto_pub )")]
    private static partial Regex Command();

    [GeneratedRegex("\"service_request_id\":\"([^\"]+)\"")]
    private static partial Regex Id();
}
