using System.Text.Json;
using CityPerception.TestKit;
using CityPerception.Tests.Cli;

namespace CityPerception.Tests.Support;

/// <summary><c>simulate load</c> in a process of its own, with a ledger.</summary>
internal sealed class LoadClient : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CliProcess _process;

    private LoadClient(string[] arguments) => _process = CliProcess.Start(["simulate", "load", "--json", "--ledger", Ledger, .. arguments]);

    public string Ledger => _folder.File("ledger");

    public bool IsRunning => _process.IsRunning;

    public static LoadClient Start(params string[] arguments) => new(arguments);

    /// <summary>Waits for its own end; its sums.</summary>
    public async Task<JsonElement> WaitAsync() => Sums(await _process.FinishAsync());

    /// <summary>Asks it to stop sending, and waits until it has its last answers; its sums.</summary>
    public async Task<JsonElement> StopAsync() => Sums(await _process.StopAsync());

    /// <summary><c>simulate verify</c>: passes if the ledger and the store agree, with what it printed.</summary>
    public async Task<(bool Holds, string Printed)> VerifyAsync(string data, string[]? set = null, (string, string)[]? environment = null)
    {
        (int exitCode, string output, string error) = await CliProcess.RunAsync(
            ["simulate", "verify", Ledger, "--data", data, .. (set ?? []).SelectMany(s => (string[])["--set", s])], environment);
        return (exitCode == 0, output + error);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static JsonElement Sums((int ExitCode, string Output, string Error) end)
    {
        Assert.True(end.ExitCode == 0, $"simulate load ended with {end.ExitCode}: {end.Output}{end.Error}");
        return JsonDocument.Parse(end.Output).RootElement;
    }
}
