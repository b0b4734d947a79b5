using System.Diagnostics;
using CityPerception.TestKit.Servers;
using Xunit;

namespace CityPerception.TestKit;

/// <summary>Makes a system call of a running process fail, on some files, until it is disposed of. With strace.</summary>
public sealed class FailingCalls : IAsyncDisposable
{
    private readonly Process _strace;

    private FailingCalls(Process strace) => _strace = strace;

    /// <summary>Begins; from now on every such call fails.</summary>
    /// <param name="processId">Whose.</param>
    /// <param name="call">Its name: fsync.</param>
    /// <param name="error">The error's name: EIO.</param>
    /// <param name="files">The files it is about; they need not be there yet.</param>
    /// <param name="cancellationToken">The test's.</param>
    public static async Task<FailingCalls> BeginAsync(int processId, string call, string error, IEnumerable<string> files, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("strace is of Linux.");
        string program = MissingServer.Find("strace", "Install it (Debian: apt-get install strace).");
        Process strace = Process.Start(new ProcessStartInfo(program, ["-f", "-e", $"trace={call}", .. files.SelectMany(file => (string[])["-P", file]), "-e", $"inject={call}:error={error}", "-o", "/dev/null", "-p", $"{processId}"])
        {
            RedirectStandardError = true,
        })!;
        string? said = await strace.StandardError.ReadLineAsync(cancellationToken); // when all threads are taken
        if (said is null || !said.Contains("attached", StringComparison.Ordinal))
        {
            strace.Dispose();
            Assert.Skip($"strace may not watch another process here: {said}");
        }

        _ = strace.StandardError.ReadToEndAsync(CancellationToken.None); // a line for every thread that begins
        return new FailingCalls(strace);
    }

    public async ValueTask DisposeAsync()
    {
        using Process kill = Process.Start("kill", ["-TERM", $"{_strace.Id}"]); // it lets go of the process
        await _strace.WaitForExitAsync();
        _strace.Dispose();
    }
}
