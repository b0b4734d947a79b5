using System.Runtime.InteropServices;
using Xunit;

namespace CityPerception.TestKit.Servers;

/// <summary>What a test does when a server that it needs is not installed.</summary>
public static class MissingServer
{
    public const string AllowedVariable = "CITYPERCEPTION_TESTS_WITHOUT_SERVERS";

    /// <summary>The program's path, looked for in PATH and in the usual folders. Without it the test fails, or is skipped where that is allowed.</summary>
    public static string Find(string program, string instructions)
    {
        string file = RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? program + ".exe" : program;
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator), "/usr/bin", "/usr/sbin", "/usr/local/bin", "/opt/homebrew/bin"];
        string? found = folders.Where(f => f.Length > 0).Select(f => Path.Combine(f, file)).FirstOrDefault(File.Exists);
        if (found is not null) return found;

        Missing(program, instructions);
        return "";
    }

    /// <summary>Fails the test, or skips it where that is allowed: it needs something that is not installed.</summary>
    public static void Missing(string what, string instructions)
    {
        if (Environment.GetEnvironmentVariable(AllowedVariable) == "1") Assert.Skip($"{what} is not installed. {instructions}");
        Assert.Fail($"{what} is not installed, and this test runs against the real one. {instructions} Or set {AllowedVariable}=1 to skip such tests.");
    }
}
