using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;

namespace CityPerception.Cli;

/// <summary><c>version</c>: what this is, and what it runs on.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        var command = new Command("version", "Prints the version, and what it runs on. 版本信息");
        command.WithExamples(("cityperception version", "for a report of a fault · 反馈问题时附上"));
        command.SetAction(_ =>
        {
            string version = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
            Terminal.Out.Line($"cityperception {version}");
            Terminal.Out.Line($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}");
            return ExitCode.Ok;
        });
        return command;
    }
}
