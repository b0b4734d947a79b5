using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CityPerception.DeadLetters;
using CityPerception.TestKit;
using CityPerception.Tests.Cli;

namespace CityPerception.Tests.Support;

/// <summary>The product serving in a process of its own, on free ports; a data directory outlives it.</summary>
internal sealed class Server : IAsyncDisposable
{
    /// <summary>All roles but rollups, for tests that count what the load alone allocates.</summary>
    public const string WithoutRollups = "broker,ingest,dispatch,web";

    private const int MaxShown = 20_000;

    private readonly CliProcess _process;
    private readonly string _readyLine;

    private Server(CliProcess process, string readyLine)
    {
        _process = process;
        _readyLine = readyLine;
        Http = new HttpClient { BaseAddress = CliProcess.FindUrl("http", readyLine) };
        MqttPort = CliProcess.FindUrl("mqtt", readyLine).Port;
    }

    public HttpClient Http { get; }

    public int MqttPort { get; }

    /// <summary>Where another listener listens, by what its address begins with: <c>hj212</c>.</summary>
    public int PortOf(string scheme) => CliProcess.FindUrl(scheme, _readyLine).Port;

    /// <summary>What the process occupies in memory, in bytes.</summary>
    public long ResidentBytes => _process.ResidentBytes;

    public int ProcessId => _process.Id;

    /// <summary>The most memory that it has occupied so far, in bytes.</summary>
    public long PeakMemoryBytes
    {
        get
        {
            string peak = File.ReadLines($"/proc/{ProcessId}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return long.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
        }
    }

    /// <summary>What it has printed so far.</summary>
    public string Printed => _process.Printed;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="data">The data directory.</param>
    /// <param name="config">The configuration; the shipped one without it.</param>
    /// <param name="set">Settings, <c>Section:Key=value</c>.</param>
    /// <param name="environment">Environment variables.</param>
    /// <param name="roles">What it does; everything without them.</param>
    public static async Task<Server> StartAsync(
        string data, string? config = null, string[]? set = null, (string, string)[]? environment = null, string? roles = null)
    {
        string[] settings = ["Http:Url=http://127.0.0.1:0", "Mqtt:Port=0", "IngestStats:Enabled=false", .. set ?? []];
        CliProcess process = CliProcess.Start(
            ["serve", "--data", data, "--config", config ?? RepositoryFolder.Find("ingest-configs"), .. roles is null ? (string[])[] : ["--roles", roles], .. settings.SelectMany(s => (string[])["--set", s])], environment);
        try
        {
            var server = new Server(process, await process.WaitUntilReadyAsync());
            // As commands on the same machine do; it counts only where credentials are required.
            if (InstanceFile.Read(data)?.Key is { } key) server.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
            return server;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Posts text; the answer, to be disposed of.</summary>
    public async Task<HttpResponseMessage> PostAsync(string path, string body)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await Http.PostAsync(path, content, Ct);
    }

    /// <summary>A metric by the beginning of its name and what its labels contain: the sum of all that match, 0 for none.</summary>
    public Task<double> MetricAsync(string name, params string[] labels) => MetricsPage.SumAsync(Http, name, labels);

    /// <summary>Status and reason of a part of /healthz/ready.</summary>
    public async Task<(string Status, string Reason)> ReadyAsync(string part)
    {
        using HttpResponseMessage answer = await Http.GetAsync("/healthz/ready", Ct);
        using JsonDocument health = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct));
        JsonElement found = health.RootElement.GetProperty("parts").GetProperty(part);
        return (found.GetProperty("status").GetString()!, found.GetProperty("reason").GetString()!);
    }

    /// <summary>Waits until nothing is left in the spool: everything acknowledged is in the store or among the dead letters.</summary>
    public Task WaitUntilDrainedAsync() => Until.TrueAsync("the spool is empty", async () => await MetricAsync("cityperception_spool_size_bytes") == 0, Ct);

    public Task<(int ExitCode, string Output, string Error)> StopAsync() => _process.StopAsync();

    public Task KillAsync() => _process.KillAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _process.DisposeAsync();
        // Shown with a test that fails.
        string printed = Printed;
        TestContext.Current.TestOutputHelper?.WriteLine(printed.Length > MaxShown ? "…" + printed[^MaxShown..] : printed);
    }
}
