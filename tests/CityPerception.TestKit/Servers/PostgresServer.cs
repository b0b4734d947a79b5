using System.Diagnostics;
using System.Globalization;

namespace CityPerception.TestKit.Servers;

/// <summary>A real PostgreSQL on a free loopback port, in a folder that is gone afterwards.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string Instructions = "Install PostgreSQL (Debian: apt-get install postgresql).";

    private readonly TempFolder _folder;
    private readonly Process _process;

    private PostgresServer(TempFolder folder, Process process, int port)
    {
        (_folder, _process) = (folder, process);
        Port = port;
    }

    public int Port { get; }

    /// <summary>How to reach a database of it, made with the first migration if there is none.</summary>
    public string ConnectionString(string database) => $"Host=127.0.0.1;Port={Port};Username=city;Database={database}";

    /// <summary>Starts one.</summary>
    public static async Task<PostgresServer> StartAsync(CancellationToken cancellationToken)
    {
        string programs = Programs();
        var folder = new TempFolder();
        int port = FreePort.Take();
        string data = folder.File("data");
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", ["postgres", folder.Path], cancellationToken); // it does not run as root
        await RunAsync(Path.Combine(programs, "initdb"), ["--pgdata", data, "--username", "city", "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"], cancellationToken);
        Process process = Start(Path.Combine(programs, "postgres"),
            ["-D", data, "-p", port.ToString(CultureInfo.InvariantCulture), "-k", folder.Path, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]);
        var server = new PostgresServer(folder, process, port);
        try
        {
            await Until.TrueAsync("PostgreSQL answers", () => server.AnswersAsync(Path.Combine(programs, "pg_isready"), cancellationToken), cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    private static string Programs()
    {
        // Debian keeps them apart by version.
        string? folder = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Select(v => Path.Combine(v, "bin")).Order().LastOrDefault(f => File.Exists(Path.Combine(f, "initdb"))) : null;
        return folder ?? Path.GetDirectoryName(MissingServer.Find("initdb", Instructions))!;
    }

    private async Task<bool> AnswersAsync(string program, CancellationToken cancellationToken)
    {
        if (_process.HasExited) throw new InvalidOperationException($"postgres ended with {_process.ExitCode}.");
        using Process asked = Start(program, ["-q", "-h", "127.0.0.1", "-p", Port.ToString(CultureInfo.InvariantCulture)]);
        await asked.WaitForExitAsync(cancellationToken);
        return asked.ExitCode == 0;
    }

    private static async Task RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        using Process process = program.Contains('/', StringComparison.Ordinal) ? Start(program, arguments) : Process.Start(program, arguments);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
    }

    private static Process Start(string program, string[] arguments)
    {
        ProcessStartInfo start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("setpriv", ["--reuid", "postgres", "--regid", "postgres", "--clear-groups", program, .. arguments])
            : new ProcessStartInfo(program, arguments);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.WorkingDirectory = "/";
        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
