using System.CommandLine;
using CityPerception.Hosting;

namespace CityPerception.Cli;

/// <summary><c>retention</c>: deletes what is older than city.yaml keeps it.</summary>
internal static class RetentionCommand
{
    public static Command Create()
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would go (false by default). 仅预览" };
        var json = new Option<bool>("--json") { Description = "For programs (false by default). JSON 输出" };
        (Option<string> data, Option<string> config, Option<string[]> set) = (SharedOptions.Data(), SharedOptions.Config(), SharedOptions.Set());
        var command = new Command("retention", "Deletes observations, views and photos of reports that are older than city.yaml keeps them. 清理过期数据") { dryRun, json, data, config, set };
        command.WithExamples(
            static help => help.WriteLine("""
                A server does it once a day. Views of days are kept for ever, and no observation goes before every window that it
                lies in is computed. 服务每天自动执行；日视图永久保留，尚未计算的观测不会被清理。
                """),
            ("cityperception retention --dry-run", "what would go: points and times of each measurement · 查看将被清理的数据"),
            ("cityperception retention", "now, and not at night · 立即清理"));
        command.SetAction((parsed, cancellationToken) => Work.RetainAsync(
            new ServeArguments { ConfigDirectory = parsed.GetRequiredValue(config), DataDirectory = parsed.GetRequiredValue(data), Roles = Roles.Dispatch, Set = parsed.GetValue(set) ?? [] },
            parsed.GetValue(dryRun), parsed.GetValue(json), cancellationToken));
        return command;
    }
}
