using System.CommandLine;
using CityPerception.Hosting;
using CityPerception.Upkeep;

namespace CityPerception.Cli;

/// <summary><c>plan</c>: what a changed configuration would change.</summary>
internal static class PlanCommand
{
    public static Command Create()
    {
        var changed = new Option<string>("--config") { HelpName = "DIR", Description = "The changed configuration (no default). 变更后的配置目录", Required = true };
        var present = new Option<string>("--against")
        {
            HelpName = "DIR",
            Description = "The present one, where no server runs; a server takes its own. 当前配置目录",
            DefaultValueFactory = _ => ServeDirectories.FindConfig(null),
        };
        Option<int> days = SharedOptions.Whole("--days", PlanWork.DefaultDays, 1, PlanWork.MaxDays, "Over the last so many days. 回溯天数");
        var json = new Option<bool>("--json") { Description = "For programs (false by default). JSON 输出" };
        (Option<string> data, Option<string[]> set) = (SharedOptions.Data(), SharedOptions.Set());
        var command = new Command("plan", "Runs changed KPIs and bounds over the last days beside the present ones; writes nothing. 变更预演与阈值回测") { changed, present, days, json, data, set };
        command.WithExamples(
            static help => help.WriteLine("""
                Both are computed from the same stored observations. Mappings are not run again: messages are not kept once they are
                stored. 两份配置以同一批已存观测计算；原始消息入库后不保留，映射变更无法回放。
                """),
            ("cityperception plan --config new-configs", "how views, values and levels would differ · 查看差异"),
            ("cityperception plan --config new-configs --days 30 --json", "a back-test of a threshold, for a program · 阈值回测"));
        command.SetAction((parsed, cancellationToken) => Work.PlanAsync(
            new ServeArguments { ConfigDirectory = parsed.GetRequiredValue(present), DataDirectory = parsed.GetRequiredValue(data), Roles = Roles.Dispatch, Set = parsed.GetValue(set) ?? [] },
            parsed.GetRequiredValue(changed), parsed.GetValue(days), parsed.GetValue(json), cancellationToken));
        return command;
    }
}
