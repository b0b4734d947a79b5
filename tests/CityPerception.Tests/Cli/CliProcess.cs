using System.Diagnostics;
using System.Text;
using CityPerception.Cli;

namespace CityPerception.Tests.Cli;

/// <summary>The product as its users have it: a child process with its own working directory.</summary>
internal sealed class CliProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cityperception-cli-");
    private readonly StringBuilder _output = new(), _error = new();
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private CliProcess(string[] args, (string Name, string Value)[] environment, string? settingsFile)
    {
        _directory.CreateSubdirectory("ingest-configs");
        if (settingsFile is not null) File.WriteAllText(Path.Combine(_directory.FullName, "cityperception.json"), settingsFile);

        var start = new ProcessStartInfo("dotnet", ["exec", typeof(CommandLine).Assembly.Location, .. args])
        {
            WorkingDirectory = _directory.FullName,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
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
        await using var process = new CliProcess(args, environment ?? [], settingsFile);
        process._process.StandardInput.Close();
        return await process.WaitForEndAsync();
    }

    /// <summary>Starts a server on free ports, and waits until it says that it is ready.</summary>
    public static async Task<(CliProcess Process, Uri Http)> ServeAsync(params string[] more)
    {
        var process = new CliProcess(["serve", "--set", "Http:Url=http://127.0.0.1:0", "--set", "Mqtt:Port=0", .. more], [], null);
        Task ended = process._process.WaitForExitAsync();
        if (await Task.WhenAny(process._ready.Task, ended).WaitAsync(Patience) == ended)
            Assert.Fail($"The server ended before it was ready:\n{process._output}\n{process._error}");
        string line = await process._ready.Task;
        return (process, new Uri(line.Split(' ', '"', ';').First(word => word.StartsWith("http://", StringComparison.Ordinal))));
    }

    /// <summary>Asks the process to stop, as a service manager does, and waits for its end.</summary>
    public async Task<(int ExitCode, string Output, string Error)> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        return await WaitForEndAsync();
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
