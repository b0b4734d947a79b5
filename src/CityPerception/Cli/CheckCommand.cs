using System.CommandLine;
using CityPerception.Hosting;

namespace CityPerception.Cli;

/// <summary><c>check</c>: validates all configuration, and shows every fault in one run.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var directory = new Argument<string>("DIR")
        {
            Description = "Directory of configuration. 配置目录",
            DefaultValueFactory = _ => ServeDirectories.FindConfig(null),
        };
        var command = new Command("check", "Validates all configuration; shows every fault with file, line and what is allowed. 检查全部配置") { directory };
        command.WithExamples(
            ("cityperception check", "checks ./ingest-configs · 检查默认目录"),
            ("cityperception check /etc/cityperception || exit 1", "exit code 1 if anything is wrong · 有错误时退出码为 1"));
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(directory);
            if (!Directory.Exists(path))
            {
                Terminal.Error.Verdict(false, $"The directory '{path}' does not exist. 目录不存在。");
                return Task.FromResult(ExitCode.BadUsage);
            }

            return Work.CheckAsync(path);
        });
        return command;
    }
}
