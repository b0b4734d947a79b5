using System.Diagnostics;
using System.Globalization;

namespace CityPerception.Storage.Tests.Stores;

/// <summary>Another process that writes batch after batch into a DuckDB file and says which are stored.</summary>
internal sealed class DuckDbWriterProcess : IAsyncDisposable
{
    public const int BatchLines = 500;

    private readonly Process _process;

    private DuckDbWriterProcess(Process process) => _process = process;

    public static DuckDbWriterProcess Start(string file) => new(Process.Start(
        new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "CityPerception.StoreWriter"), [file, BatchLines.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true })!);

    /// <summary>Waits until so many batches are stored.</summary>
    public async Task<int> AcknowledgedAsync(int atLeast, CancellationToken cancellationToken)
    {
        while (await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (int.Parse(line, CultureInfo.InvariantCulture) is var stored && stored >= atLeast) return stored;
        }

        throw new InvalidOperationException("The writer ended by itself.");
    }

    /// <summary>kill -9.</summary>
    public void Kill() => _process.Kill();

    /// <summary>What the killed process had said last.</summary>
    public async Task<int> LastAcknowledgedAsync()
    {
        int last = 0;
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (int.TryParse(line, CultureInfo.InvariantCulture, out int stored)) last = stored; // the very last may be cut by the kill
        }

        await _process.WaitForExitAsync();
        return last;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
