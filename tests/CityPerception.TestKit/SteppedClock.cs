using System.Globalization;
using CityPerception.TestKit.Servers;
using Xunit;

namespace CityPerception.TestKit;

/// <summary>
/// The wall clock of a child process, which a test can step as an operator or NTP does: forwards, and backwards. Its
/// monotonic clock goes on as ever. With libfaketime.
/// </summary>
public sealed class SteppedClock : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _library;

    public SteppedClock()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("libfaketime is of Linux.");
        MissingServer.Find("faketime", "Install it (Debian: apt-get install faketime).");
        _library = new[] { "/usr/lib", "/usr/local/lib" }.Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "libfaketime.so.1", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2, IgnoreInaccessible = true }))
            .First();
        StepTo(TimeSpan.Zero);
    }

    /// <summary>The process to be started needs this environment.</summary>
    public (string Name, string Value)[] Environment =>
    [
        ("LD_PRELOAD", _library), ("FAKETIME_TIMESTAMP_FILE", File), ("FAKETIME_NO_CACHE", "1"), ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        // Without it, waits for a time come back at once, and every waiting thread runs in circles.
        ("FAKETIME_FORCE_MONOTONIC_FIX", "0"),
    ];

    private string File => _folder.File("offset");

    /// <summary>From now on the clock is so far from the true time.</summary>
    public void StepTo(TimeSpan offset)
    {
        string next = _folder.File("next");
        System.IO.File.WriteAllText(next, offset.TotalSeconds.ToString("+0;-0", CultureInfo.InvariantCulture));
        System.IO.File.Move(next, File, overwrite: true); // never half written
    }

    public void Dispose() => _folder.Dispose();
}
