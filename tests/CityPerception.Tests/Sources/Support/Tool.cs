using System.Diagnostics;
using CityPerception.TestKit.Servers;

namespace CityPerception.Tests.Sources;

/// <summary>Runs one of the clients that users have.</summary>
internal static class Tool
{
    /// <summary>Runs it to its end and returns what it printed; fails if it says that it failed.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        string path = MissingServer.Find(program, "Debian: apt-get install mosquitto-clients curl nodejs.");
        using Process process = Process.Start(new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {await error}");
        return await output;
    }
}
