using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using CityPerception.TestKit;
using CityPerception.Tests.Cli;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Simulation;

/// <summary><c>simulate</c> and <c>simulate load</c> against a server that asks everybody for credentials, with what its own commands print.</summary>
public sealed class SimulateCredentialsTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private Server? _server;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Server Running => _server ?? throw new InvalidOperationException("The server has not been started.");

    private string Mqtt => $"127.0.0.1:{Running.MqttPort}";

    private string Http => Running.Http.BaseAddress!.ToString();

    public async ValueTask InitializeAsync() => _server = await Server.StartAsync(_folder.File("data"), set: ["Security:Required=true", "Security:RefuseAfter=00:00:00"]);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Simulate_WithPasswordsAndAKey_EachDeviceSendsUnderItsOwnName()
    {
        string ids = await SaveAsync("ids.csv", "simulate", "devices", "--devices", "40");
        string secrets = await SaveAsync("secrets.csv", "device", "add", "--csv", ids, "--data", _folder.File("data"));
        string key = await AddKeyAsync("ingest:*");
        Assert.Equal(File.ReadLines(ids).Count(), File.ReadLines(secrets).Count());

        await using var city = CliProcess.Start(
            ["simulate", "--devices", "40", "--clean", "--rate", "100", "--mqtt", Mqtt, "--http", Http, "--device-passwords", secrets, "--api-key-file", key], null);
        await Until.TrueAsync("devices and offices are heard", async () => await MessagesAsync("mqtt") > 200 && await MessagesAsync("http") > 10, Ct);
        (int exitCode, string output, string error) = await city.StopAsync();

        Assert.True(exitCode == 0, output + error);
        Match counts = Regex.Match(output, "sent ([0-9]+), acknowledged ([0-9]+), refused 0, unanswered 0");
        Assert.True(counts.Success, output + error);
        Assert.Equal(counts.Groups[1].Value, counts.Groups[2].Value);
        Assert.Equal(0, await Running.MetricAsync("cityperception_ingest_rejected_total", "sender_foreign"));
        Assert.True(await Running.MetricAsync("cityperception_access_admitted_total") > 40); // a connection each
        foreach (string secret in File.ReadLines(secrets).Skip(1).Select(l => l.Split(',')[1]).Append(File.ReadAllText(key).Trim()))
            Assert.DoesNotContain(secret, output + error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Simulate_DevicesWithoutAPassword_SayNothing()
    {
        await File.WriteAllTextAsync(_folder.File("ids.csv"), "id\nAQ-00001\n", Ct);
        string secrets = await SaveAsync("secrets.csv", "device", "add", "--csv", _folder.File("ids.csv"), "--data", _folder.File("data"));
        await using var city = CliProcess.Start(["simulate", "--clean", "--rate", "2000", "--mqtt", Mqtt, "--http", "none", "--device-passwords", secrets], null);
        await Until.TrueAsync("the one is heard", async () => await MessagesAsync("mqtt") > 2, Ct);
        (int exitCode, string output, string error) = await city.StopAsync();

        Assert.True(exitCode == 0, output + error);
        Assert.Contains("refused 0, unanswered 0", output, StringComparison.Ordinal);
        Assert.Matches("[0-9]+ of the [0-9]+ devices that would publish have no password", output + error);
        Assert.Equal(1, await Running.MetricAsync("cityperception_access_admitted_total"));
    }

    [Fact]
    public async Task Load_WithAPasswordOrAKey_IsAcknowledged()
    {
        string data = _folder.File("data");
        string password = await SaveAsync("password", "device", "add", "city", "--data", data);
        string key = await AddKeyAsync("ingest:air-station", "write");
        foreach (string mqtt in (string[])["3.1.1", "5"])
            Assert.Equal(300, await LoadAsync(300, "--target", "mqtt://" + Mqtt, "--mqtt", mqtt, "--user", "city", "--password-file", password));
        Assert.Equal(50, await LoadAsync(50, "--target", Http, "--api-key-file", key));
        Assert.Equal(2000, await LoadAsync(2000, "--target", Http + "write", "--api-key-file", key));
        Assert.Equal(0, await Running.MetricAsync("cityperception_ingest_rejected_total"));
    }

    [Theory]
    [InlineData("--user and --password-file go together", "simulate", "load", "--user", "city")]
    [InlineData("--device-passwords or --user, not both", "simulate", "--user", "city", "--password-file", "nothing", "--device-passwords", "nothing")]
    [InlineData("--api-key-file: nothing cannot be read", "simulate", "--api-key-file", "nothing")]
    [InlineData("--password-file: nothing cannot be read", "simulate", "load", "--user", "city", "--password-file", "nothing")]
    [InlineData("--ca: 'nothing' cannot be read", "simulate", "load", "--ca", "nothing")]
    [InlineData("--device-passwords: ", "simulate", "--device-passwords", "nothing")]
    [InlineData("allowed: HOST:PORT, mqtts://HOST[:8883], or none", "simulate", "--mqtt", "mqtts://user:word@city.example")]
    public async Task Command_FilesThatAreOfNoUse_SaysWhich(string fault, params string[] command)
    {
        (int exitCode, _, string error) = await CliProcess.RunAsync(command);
        Assert.Equal(2, exitCode);
        Assert.Contains(fault, error, StringComparison.Ordinal);
    }

    private async Task<double> MessagesAsync(string transport) => await Running.MetricAsync("cityperception_ingest_acknowledged_total", $"\"{transport}\"");

    private static async Task<long> LoadAsync(int messages, params string[] arguments)
    {
        await using LoadClient load = LoadClient.Start(["--messages", messages.ToString(CultureInfo.InvariantCulture), "--connections", "2", "--devices", "10", "--batch", "500", .. arguments]);
        JsonElement sums = await load.WaitAsync();
        return sums.GetProperty("acknowledged").GetInt64();
    }

    /// <summary>A file with a new key, once the server knows it: what commands change holds within seconds.</summary>
    private async Task<string> AddKeyAsync(params string[] scopes)
    {
        string file = await SaveAsync("key", ["key", "add", "city", .. scopes.SelectMany(static s => (string[])["--scope", s]), "--data", _folder.File("data")]);
        using var program = new HttpClient { BaseAddress = Running.Http.BaseAddress };
        program.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(file, Ct)).Trim());
        await Until.TrueAsync("the key is taken", async () => (await program.GetAsync("/api/channels", Ct)).StatusCode is HttpStatusCode.Forbidden, Ct); // known, and without that scope
        return file;
    }

    /// <summary>Keeps what a command prints.</summary>
    private async Task<string> SaveAsync(string file, params string[] command)
    {
        (int exitCode, string output, string error) = await CliProcess.RunAsync(command);
        Assert.True(exitCode == 0, output + error);
        await File.WriteAllTextAsync(_folder.File(file), output, Ct);
        return _folder.File(file);
    }
}
