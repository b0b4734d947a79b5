using System.Diagnostics;
using System.Text;
using CityPerception.TestKit;

namespace CityPerception.Tests.Cli;

/// <summary>The product as its users have it: the program as a child process with its own working directory.</summary>
internal sealed class CliProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // The published program where tests/run.sh made one: it starts in a third of the time. Else the built one, which stands
    // beside the tests': artifacts/bin/<project>/<configuration>.
    private static readonly string Program = Environment.GetEnvironmentVariable("CITYPERCEPTION_TEST_PROGRAM") ?? Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "CityPerception", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "cityperception.dll"));

    private readonly Process _process;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cityperception-cli-");
    private readonly StringBuilder _output = new(), _error = new();
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private CliProcess(string[] args, (string Name, string Value)[] environment, string? settingsFile, string? program = null)
    {
        Directory.CreateSymbolicLink(Path.Combine(_directory.FullName, "ingest-configs"), RepositoryFolder.Find("ingest-configs"));
        if (settingsFile is not null) File.WriteAllText(Path.Combine(_directory.FullName, "cityperception.json"), settingsFile);

        var start = new ProcessStartInfo("dotnet", ["exec", program ?? Program, .. args])
        {
            WorkingDirectory = _directory.FullName,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => Collect(_output, e.Data);
        _process.ErrorDataReceived += (_, e) => Collect(_error, e.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The files in its working directory, as they are now.</summary>
    public string[] Files => Directory.GetFileSystemEntries(_directory.FullName, "*", SearchOption.AllDirectories);

    /// <summary>What it has printed so far.</summary>
    public string Printed
    {
        get
        {
            lock (_output) lock (_error) return _output.ToString() + _error;
        }
    }

    public int Id => _process.Id;

    public bool IsRunning => !_process.HasExited;

    /// <summary>What the process occupies in memory, in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        string[] args, (string Name, string Value)[]? environment = null, string? settingsFile = null)
    {
        await using CliProcess process = Start(args, environment, settingsFile);
        return await process.FinishAsync();
    }

    /// <summary>Starts a command that goes on until it is stopped or has its input.</summary>
    public static CliProcess Start(string[] args, (string Name, string Value)[]? environment = null, string? settingsFile = null, string? program = null) =>
        new(args, environment ?? [], settingsFile, program);

    /// <summary>Starts a server on free ports, and waits until it says that it is ready.</summary>
    public static async Task<(CliProcess Process, Uri Http)> ServeAsync(params string[] more)
    {
        CliProcess process = Start(["serve", "--set", "Http:Url=http://127.0.0.1:0", "--set", "Mqtt:Port=0", "--set", "IngestStats:Enabled=false", .. more]);
        return (process, FindUrl("http", await process.WaitUntilReadyAsync()));
    }

    /// <summary>The address of a listener in the line that says what is ready.</summary>
    public static Uri FindUrl(string scheme, string readyLine) =>
        new(readyLine.Split(' ', '"', ';').First(word => word.StartsWith(scheme + "://", StringComparison.Ordinal)));

    /// <summary>Waits until a server says that it is ready; the line that says so.</summary>
    public async Task<string> WaitUntilReadyAsync()
    {
        Task ended = _process.WaitForExitAsync();
        if (await Task.WhenAny(_ready.Task, ended).WaitAsync(Patience) == ended) Assert.Fail($"The server ended before it was ready:\n{Printed}");
        return await _ready.Task;
    }

    /// <summary>Gives it its input, and waits for its end.</summary>
    public async Task<(int ExitCode, string Output, string Error)> FinishAsync(string input = "")
    {
        await _process.StandardInput.WriteAsync(input);
        _process.StandardInput.Close();
        return await WaitForEndAsync();
    }

    /// <summary>Asks the process to stop, as a service manager does, and waits for its end.</summary>
    public async Task<(int ExitCode, string Output, string Error)> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        return await WaitForEndAsync();
    }

    /// <summary>Ends it as a power cut does: SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync().WaitAsync(Patience);
        _process.Dispose();
        _directory.Delete(recursive: true);
    }

    private async Task<(int, string, string)> WaitForEndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        lock (_output) lock (_error) return (_process.ExitCode, _output.ToString(), _error.ToString());
    }

    private void Collect(StringBuilder into, string? line)
    {
        if (line is null) return;
        lock (into) into.AppendLine(line);
        // The line for people, or the log entry that stands for it.
        if (line.StartsWith("CityPerception ready in ", StringComparison.Ordinal) || line.Contains("\"EventId\":1000,", StringComparison.Ordinal)) _ready.TrySetResult(line);
    }
}
