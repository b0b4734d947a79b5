using System.Diagnostics;

namespace CityPerception.Benchmarks.Walls;

/// <summary>The built program as a child process.</summary>
internal sealed class ChildProgram : IAsyncDisposable
{
    // artifacts/bin/<project>/<configuration>: the product's stands beside this one's.
    private static readonly string Program = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "CityPerception", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "cityperception.dll"));

    private readonly Process _process;
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<string> _last = [];

    private ChildProgram(string[] arguments, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => Collect(e.Data);
        _process.ErrorDataReceived += (_, e) => Collect(e.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it occupies in memory now, in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>The last lines that it printed.</summary>
    public string Printed
    {
        get
        {
            lock (_last) return string.Join('\n', _last);
        }
    }

    public static ChildProgram Start(string[] arguments, params (string Name, string Value)[] environment) => new(arguments, environment);

    /// <summary>Waits until a server says that it is ready, and where it listens.</summary>
    public async Task<(Uri Http, int MqttPort)> ReadyAsync()
    {
        if (await Task.WhenAny(_ready.Task, _process.WaitForExitAsync()) != _ready.Task) throw new InvalidOperationException("The server ended: " + Printed);
        string line = await _ready.Task;
        Uri Find(string scheme) => new(line.Split(' ', ';').First(w => w.StartsWith(scheme + "://", StringComparison.Ordinal)));
        return (Find("http"), Find("mqtt").Port);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Collect(string? line)
    {
        if (line is null) return;
        if (line.StartsWith("CityPerception ready in ", StringComparison.Ordinal)) _ready.TrySetResult(line);
        lock (_last)
        {
            _last.Enqueue(line);
            if (_last.Count > 20) _last.Dequeue();
        }
    }
}
