using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using CityPerception.TestKit;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Cli;

/// <summary>People and keys as their keeper has them: by commands, beside a server that runs.</summary>
public sealed class AccessCommandTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task User_AddedListedChanged_ShowsThePasswordOnceAndAllIsOnRecord()
    {
        using var data = new TempFolder();
        (int exitCode, string output, _) = await RunAsync(data, "user", "add", "Wang.Li", "--role", "engineer", "--role", "auditor");
        string password = output.Trim();
        Assert.Equal((0, 32), (exitCode, password.Length));
        (int again, _, string known) = await RunAsync(data, "user", "add", "wang.li", "--role", "operator");
        Assert.Equal(1, again);
        Assert.Contains("用户已存在", known, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync(data, "user", "roles", "wang.li", "operator")).ExitCode);
        Assert.Equal(0, (await RunAsync(data, "user", "disable", "wang.li")).ExitCode);
        string list = (await RunAsync(data, "user", "list")).Output;
        Assert.Matches("wang.li +disabled 停用 .* operator", list);
        Assert.DoesNotContain(password, list, StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync(data, "user", "password", "nobody")).ExitCode);
    }

    [Theory]
    [InlineData("correct horse battery", 0)]
    [InlineData("horse", 2)]
    public async Task UserPassword_FromTheInput_IsTakenIfLongEnoughAndNeverShown(string password, int expected)
    {
        using var data = new TempFolder();
        await using CliProcess process = CliProcess.Start(["user", "add", "wang", "--role", "operator", "--password-input", "--data", data.Path]);
        (int exitCode, string output, string error) = await process.FinishAsync(password + "\n");
        Assert.Equal((expected, ""), (exitCode, output));
        Assert.DoesNotContain("horse", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user add wang --role boss", "boss")]
    [InlineData("user add wang", "--role")]
    [InlineData("user add .. --role operator", "no name")]
    [InlineData("key add gw --scope writ", "did you mean 'write'")]
    [InlineData("key add gw --scope read --expires tomorrow", "--expires")]
    [InlineData("key add gw --scope read --rate 0", "--rate")]
    public async Task Commands_WithWrongArguments_AreBadUsageAndSayWhy(string arguments, string says)
    {
        using var data = new TempFolder();
        (int exitCode, string output, string error) = await RunAsync(data, arguments.Split(' '));
        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains(says, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_BesideARunningServer_HoldWithinSecondsAndAreOnRecord()
    {
        using var data = new TempFolder();
        string password = (await RunAsync(data, "user", "add", "chen", "--role", "auditor")).Output.Trim();
        await using Server server = await Server.StartAsync(data.Path, set: ["Security:Required=true", "Logging:Level=debug"]);
        string key = (await RunAsync(data, "key", "add", "gw", "--scope", "metrics")).Output.Trim();
        using var program = new HttpClient { BaseAddress = server.Http.BaseAddress };
        program.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        await Until.TrueAsync("the key is taken", async () => (await program.GetAsync("/metrics", Ct)).IsSuccessStatusCode, Ct);
        Assert.Equal(0, (await RunAsync(data, "key", "revoke", "gw")).ExitCode);
        await Until.TrueAsync("the key is revoked", async () => (await program.GetAsync("/metrics", Ct)).StatusCode is HttpStatusCode.Unauthorized, Ct);
        Assert.Equal(0, (await RunAsync(data, "device", "add", "AQ-1", "--password", "correct-horse-battery")).ExitCode);

        using var person = new HttpClient { BaseAddress = server.Http.BaseAddress };
        Assert.Equal(HttpStatusCode.OK, (await person.PostAsJsonAsync("/api/session", new { name = "chen", password }, Ct)).StatusCode);
        string record = await person.GetStringAsync("/api/audit", Ct);
        foreach (string action in (string[])["user add", "key add", "key revoke", "device add", "sign-in"]) Assert.Contains($"\"action\":\"{action}\"", record, StringComparison.Ordinal);
        Assert.Contains("\"target\":\"AQ-1\"", record, StringComparison.Ordinal);
        Assert.Contains($"command:{Environment.UserName}", record, StringComparison.Ordinal);
        foreach (string secret in (string[])[password, key, "horse"])
        {
            Assert.DoesNotContain(secret, record, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, server.Printed, StringComparison.Ordinal);
        }

        Assert.Matches("gw +revoked 已吊销", (await RunAsync(data, "key", "list")).Output);
    }

    [Fact]
    public async Task Commands_OfTheServersUser_NeedNoKeyOfTheirOwn()
    {
        using var data = new TempFolder();
        await using Server server = await Server.StartAsync(data.Path, set: ["Security:Required=true"]);
        using HttpResponseMessage bad = await server.PostAsync("/ingest/air-station", "{}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, bad.StatusCode);
        (int exitCode, string output, string error) = await RunAsync(data, "deadletters", "replay", "--config", RepositoryFolder.Find("ingest-configs"));
        Assert.True(exitCode is 0 or 1, error);
        Assert.Contains("air-station rejected", error + output, StringComparison.Ordinal);
        Assert.Contains("Dead letters replayed", server.Printed, StringComparison.Ordinal); // by the server, and not beside it
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(data.File("server.json")));
        using var stranger = new HttpClient { BaseAddress = server.Http.BaseAddress };
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/api/deadletters", Ct)).StatusCode);
    }

    private static Task<(int ExitCode, string Output, string Error)> RunAsync(TempFolder data, params string[] arguments) => CliProcess.RunAsync([.. arguments, "--data", data.Path]);
}
