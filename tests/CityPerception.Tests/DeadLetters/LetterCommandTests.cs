using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CityPerception.Storage.DeadLetters;
using CityPerception.TestKit;
using CityPerception.Tests.Cli;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.DeadLetters;

/// <summary>The commands about dead letters: filters, output that is safe to look at, exit codes.</summary>
public sealed class LetterCommandTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commands_BytesThatWouldSteerTheTerminal_ShowThemHarmless()
    {
        using var data = new TempFolder();
        string evil = "{\"deviceId\":\"\u001b]0;owned\u0007\u202e\",\"ts\":\"\u009b2J\"}";
        await Letters.WriteAsync(data.Path,
        [
            Letters.Good(1) with { Payload = Encoding.UTF8.GetBytes(evil), Topic = "city/\u001b[2J", Source = "a\u001b[31mb" },
            Letters.Good(2) with { Payload = new byte[] { 0xFF, 0x1B, (byte)'[' } },
        ]);

        string[][] commands =
        [
            ["list"], ["list", "--json"], ["replay", "--dry-run"], ["replay", "--dry-run", "--json"], ["replay"], ["replay", "--json"],
            .. Letters.In(data.Path).SelectMany(l => (string[][])[["show", l.Id.ToString()], ["show", l.Id.ToString(), "--json"]]),
        ];
        foreach (string[] command in commands)
        {
            string[] config = command[0] == "replay" ? ["--config", RepositoryFolder.Find("ingest-configs")] : [];
            (_, string output, string error) = await CliProcess.RunAsync(["deadletters", .. command, "--data", data.Path, .. config]);
            Assert.NotEmpty(output + error);
            Assert.DoesNotContain(output + error, c => c is '\u001b' or '\u0007' or '\u009b' or '\u202e');
        }
    }

    [Fact]
    public async Task List_ByStateAndText_ShowsThoseAndJsonForPrograms()
    {
        using var data = new TempFolder();
        await Letters.WriteAsync(data.Path, [Letters.Good(1), Letters.Good(2) with { Source = "gone" }]);
        Assert.Equal(0, (await Letters.ReplayAsync(data.Path, null, "--source", "air-station")).ExitCode);

        (int exitCode, string open, _) = await CliProcess.RunAsync(["deadletters", "list", "--data", data.Path]);
        Assert.Equal(0, exitCode);
        Assert.Matches(@" open +gone +lookup_missing ", Assert.Single(open.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)));
        (_, string replayed, _) = await CliProcess.RunAsync(["deadletters", "list", "--data", data.Path, "--state", "replayed", "--text", "no such", "--json"]);
        using JsonDocument json = JsonDocument.Parse(replayed);
        JsonElement letter = Assert.Single(json.RootElement.GetProperty("letters").EnumerateArray());
        Assert.Equal(("air-station", "replayed", 1), (letter.GetProperty("source").GetString(), letter.GetProperty("state").GetString(), letter.GetProperty("observations").GetInt32()));
    }

    [Theory]
    [InlineData("list --reason out_of_rang", "did you mean 'out_of_range'?")]
    [InlineData("list --since tomorrow", "since is 'tomorrow'; allowed: a time such as 2026-03-01T08:00:00Z")]
    [InlineData("list --state closed", "state is 'closed'; allowed: open, replayed, discarded, all")]
    [InlineData("replay --topic a/#/b", "an MQTT topic filter")]
    [InlineData("replay no-id", "'no-id' is not the id of a dead letter")]
    [InlineData("replay --limit 0", "--limit is 0")]
    [InlineData("discard --source x --reason out_of_rang --why y", "did you mean 'out_of_range'?")]
    [InlineData("discard --why y", "No letters are named")]
    [InlineData("discard --source x", "'--why' is required")]
    [InlineData("replay --config nowhere", "The configuration directory 'nowhere' does not exist")]
    public async Task Command_WrongArgument_IsBadUsage(string arguments, string says)
    {
        (int exitCode, _, string error) = await CliProcess.RunAsync(["deadletters", .. arguments.Split(' ')]);
        Assert.Equal(2, exitCode);
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Discard_ByFilterThenById_KeepsWhyAndLeavesTheOthersOpen(bool withServer)
    {
        using var data = new TempFolder();
        await Letters.WriteAsync(data.Path, [Letters.Good(1), Letters.Good(2) with { Source = "gone" }, Letters.Good(3) with { Source = "gone" }]);
        await using Server? server = withServer ? await Server.StartAsync(data.Path) : null;

        (int exitCode, string output, string error) = await DiscardAsync(data, "--source", "gone", "--why", "its maker is gone", "--dry-run");
        Assert.True(exitCode == 0 && output.Contains("2 letters would be discarded", StringComparison.Ordinal), output + error);
        Assert.All(Letters.In(data.Path), l => Assert.Equal(DeadLetterState.Open, l.State));
        (exitCode, output, error) = await DiscardAsync(data, "--source", "gone", "--why", " its maker is gone ", "--json");
        Assert.True(exitCode == 0, output + error);
        Assert.Equal(2, JsonDocument.Parse(output).RootElement.GetProperty("result").GetProperty("letters").GetInt32());
        Assert.All(Letters.In(data.Path, DeadLetterState.Discarded), l => Assert.Equal(("gone", "its maker is gone"), (l.Source, l.Mark!.Note)));
        DeadLetter open = Assert.Single(Letters.In(data.Path, DeadLetterState.Open));

        (exitCode, output, error) = await DiscardAsync(data, open.Id.ToString(), Guid.NewGuid().ToString(), "--why", "a test");
        Assert.Equal(1, exitCode);
        Assert.Contains("1 letters discarded", output, StringComparison.Ordinal);
        Assert.Contains("1 of the 2 ids are not among the open letters", error, StringComparison.Ordinal);
        Assert.Empty(Letters.In(data.Path, DeadLetterState.Open));
        (_, string shown, _) = await CliProcess.RunAsync(["deadletters", "show", open.Id.ToString(), "--data", data.Path]);
        Assert.Matches(@"State 状态 +discarded", shown);
        Assert.Matches(@"Discarded 放弃 +a test", shown);
    }

    private static Task<(int ExitCode, string Output, string Error)> DiscardAsync(TempFolder data, params string[] more) => CliProcess.RunAsync(["deadletters", "discard", "--data", data.Path, .. more]);

    [Fact]
    public async Task Replay_NoLettersAtAll_IsOkAndMakesNothing()
    {
        using var data = new TempFolder();
        (int exitCode, _, string said) = await Letters.ReplayAsync(data.Path, null);
        Assert.Equal(0, exitCode);
        Assert.Contains("0 of 0 letters replayed", said, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(data.Path));
        (exitCode, _, said) = await Letters.ReplayAsync(data.Path, null, Guid.NewGuid().ToString());
        Assert.Equal(1, exitCode);
        Assert.Contains("1 of the 1 ids are not among these letters", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Letters_MoreThanTheLimit_AreWarnedOfThenRemovedLoudly()
    {
        using var data = new TempFolder();
        await using Server server = await Server.StartAsync(data.Path, null, ["DeadLetters:MaxBytes=16777216"]);
        string large = $$"""{"deviceId":"AQ-00001","ts":1760000000000,"data":{"pm25":"high"},"pad":"{{new string('x', 700_000)}}"}""";
        int sent = 0;
        async Task SendAsync()
        {
            using HttpResponseMessage refused = await server.PostAsync("/ingest/air-station", large);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            sent++;
        }

        Assert.Equal("healthy", (await server.ReadyAsync("deadletters")).Status);
        while ((await server.ReadyAsync("deadletters")).Status == "healthy") await SendAsync();
        Assert.Matches("^1[23] of 16 MiB: at the limit the oldest are removed", (await server.ReadyAsync("deadletters")).Reason);
        Assert.Equal(0, await server.MetricAsync("cityperception_deadletters_removed_total"));
        using (HttpResponseMessage ready = await server.Http.GetAsync("/healthz/ready", Ct)) Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        await SendAsync();
        Assert.Contains("bytes; at the limit the oldest are removed", server.Printed, StringComparison.Ordinal);

        while (await server.MetricAsync("cityperception_deadletters_removed_total", "state=\"open\"") == 0 && sent < 100) await SendAsync();
        await Until.TrueAsync("the log says so", () => Regex.IsMatch(server.Printed, @"WARN .*Removed the \d+ oldest dead letters that nobody had replayed, of air-station \d+, from "), Ct);
        await Until.TrueAsync("all are counted", async () => await server.MetricAsync("cityperception_deadletters_written_total") == sent, Ct); // a scrape may be the last one's
        await Until.TrueAsync("all are removed or there", async () => await server.MetricAsync("cityperception_deadletters_removed_total", "state=\"open\"") + Letters.In(data.Path).Count == sent, Ct);
    }
}
