using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace CityPerception.TestKit.Servers;

/// <summary>
/// A real InfluxDB 1.x: our own <c>influxd</c> on free loopback ports with authentication on, in a folder that is gone
/// afterwards; or the running one that CITYPERCEPTION_TEST_INFLUX_URL, _USER and _PASSWORD name.
/// </summary>
public sealed class InfluxServer : IAsyncDisposable
{
    private const string Variable = "CITYPERCEPTION_TEST_INFLUX_";

    private readonly string? _program;
    private readonly TempFolder? _folder;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly StringBuilder _output = new();
    private Process? _process;

    private InfluxServer(string? program, TempFolder? folder, Uri url, string user, string password)
    {
        _program = program;
        _folder = folder;
        Url = url;
        User = user;
        Password = password;
    }

    public Uri Url { get; }

    /// <summary>An administrator.</summary>
    public string User { get; }

    public string Password { get; }

    /// <summary>Starts one, or takes the given one.</summary>
    /// <param name="cancellationToken">The test's.</param>
    /// <param name="dataFolder">Where it keeps its data; in its own folder without it.</param>
    public static async Task<InfluxServer> StartAsync(CancellationToken cancellationToken, string? dataFolder = null)
    {
        if (Environment.GetEnvironmentVariable(Variable + "URL") is { Length: > 0 } given)
        {
            return new InfluxServer(null, null, new Uri(given), Environment.GetEnvironmentVariable(Variable + "USER") ?? "", Environment.GetEnvironmentVariable(Variable + "PASSWORD") ?? "");
        }

        string program = MissingServer.Find("influxd", $"Install InfluxDB 1.x (Debian: apt-get install influxdb), or name a running one by {Variable}URL, {Variable}USER and {Variable}PASSWORD.");
        var folder = new TempFolder();
        int[] ports = FreePort.Take(2);
        await File.WriteAllTextAsync(folder.File("influxdb.conf"), Configuration(folder, dataFolder ?? folder.Path, ports), cancellationToken);

        var server = new InfluxServer(program, folder, new Uri($"http://127.0.0.1:{ports[0]}"), "admin", Guid.NewGuid().ToString("N"));
        try
        {
            await server.StartAgainAsync(cancellationToken);
            await server.QueryAsync($"CREATE USER \"{server.User}\" WITH PASSWORD '{server.Password}' WITH ALL PRIVILEGES", cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether it can be stopped and started: a given one is not ours to stop.</summary>
    public bool IsOurs => _program is not null;

    public bool IsRunning => _process is not null;

    /// <summary>Takes it away, as a crash does: connections are refused until <see cref="StartAgainAsync"/>.</summary>
    public async Task StopAsync()
    {
        if (_process is not { } process) return;
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        _process = null;
    }

    /// <summary>Brings it back on the same ports with what it had stored.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        if (_program is null || _folder is null) throw new InvalidOperationException("This server was given and is not ours to start.");
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(_program, ["run", "-config", _folder.File("influxdb.conf")]) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_output, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Until.TrueAsync("influxd answers", () => AnswersAsync(cancellationToken), cancellationToken);
    }

    /// <summary>Runs InfluxQL as the administrator; the answer as it came.</summary>
    /// <exception cref="HttpRequestException">The server refused it.</exception>
    public async Task<string> QueryAsync(string query, CancellationToken cancellationToken, string database = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Url, "query"))
        {
            Content = new FormUrlEncodedContent([new("q", query), new("db", database)]),
        };
        using HttpResponseMessage response = await SendAsync(request, cancellationToken);
        string answer = await response.Content.ReadAsStringAsync(cancellationToken);
        bool done = response.IsSuccessStatusCode && !answer.Contains("\"error\":", StringComparison.Ordinal); // a failed statement is reported with status 200
        return done ? answer : throw new HttpRequestException($"{(int)response.StatusCode}: {answer}");
    }

    /// <summary>How many points of a measurement have a field.</summary>
    public async Task<int> CountAsync(string database, string measurement, string field, CancellationToken cancellationToken)
    {
        using JsonDocument answer = JsonDocument.Parse(await QueryAsync($"SELECT COUNT({field}) FROM {measurement}", cancellationToken, database));
        return answer.RootElement.GetProperty("results")[0].GetProperty("series")[0].GetProperty("values")[0][1].GetInt32();
    }

    /// <summary>Writes line protocol as the administrator, as somebody else would.</summary>
    /// <exception cref="HttpRequestException">The server refused it.</exception>
    public async Task WriteAsync(string database, string lines, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Url, $"write?db={database}&precision=n")) { Content = new StringContent(lines) };
        using HttpResponseMessage response = await SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>A name for a database that no other test has.</summary>
    public static string NewDatabaseName() => "test_" + Guid.NewGuid().ToString("N");

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await StopAsync();
        _folder?.Dispose();
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}")));
        return _http.SendAsync(request, cancellationToken);
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        if (_process is { HasExited: true }) throw new InvalidOperationException($"influxd ended with {_process.ExitCode}: {Kept(_output)}");
        using HttpResponseMessage response = await _http.GetAsync(new Uri(Url, "ping"), cancellationToken);
        return response.IsSuccessStatusCode;
    }

    private static string Configuration(TempFolder folder, string dataFolder, int[] ports) => $"""
        reporting-disabled = true
        bind-address = "127.0.0.1:{ports[1]}"
        [meta]
          dir = "{folder.File("meta")}"
        [data]
          dir = "{Path.Combine(dataFolder, "data")}"
          wal-dir = "{Path.Combine(dataFolder, "wal")}"
          index-version = "tsi1"
          query-log-enabled = false
        [http]
          bind-address = "127.0.0.1:{ports[0]}"
          auth-enabled = true
          log-enabled = false
        [monitor]
          store-enabled = false
        [retention]
          check-interval = "1h"
        [logging]
          level = "warn"
        """;

    private static void Keep(StringBuilder output, string? line)
    {
        lock (output)
        {
            if (line is not null && output.Length < 20_000) output.AppendLine(line);
        }
    }

    private static string Kept(StringBuilder output)
    {
        lock (output) return output.ToString();
    }
}
