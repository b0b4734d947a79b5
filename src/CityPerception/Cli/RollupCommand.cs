using System.CommandLine;
using CityPerception.Hosting;
using CityPerception.Upkeep;

namespace CityPerception.Cli;

/// <summary><c>rollup</c>: channel views of a range, computed anew.</summary>
internal static class RollupCommand
{
    public static Command Create()
    {
        var from = new Option<string>("--from") { HelpName = "TIME", Description = "The first day of the city, or a time with zone (no default). 起始日期或时间", Required = true };
        var to = new Option<string?>("--to") { HelpName = "TIME", Description = "Up to this day or time, which is not included (now by default). 截止日期或时间（不含）" };
        var channel = new Option<string?>("--channel") { HelpName = "SLUG,…", Description = "Of these channels (all by default). 通道" };
        var window = new Option<string?>("--window") { HelpName = "1m,1h,1d", Description = "Windows of these lengths (all by default). 窗口长度" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would change (false by default). 仅预览" };
        (Option<string> data, Option<string> config, Option<string[]> set) = (SharedOptions.Data(), SharedOptions.Config(), SharedOptions.Set());
        var command = new Command("rollup", "Computes channel views of a range anew from the store. 重新计算通道视图") { from, to, channel, window, dryRun, data, config, set };
        command.WithExamples(
            static help => help.WriteLine("""
                A running server with the data directory does it beside its jobs; otherwise this command does, with --config. What
                says nothing new is not written, what changes gets its next revision. Stopped, it can be given again.
                有服务运行时由服务执行且不影响定时任务；未变化的不写入，变化的保留修订记录；中断后可重新执行。
                """),
            ("cityperception rollup --from 2026-11-01", "after an import of the past · 导入历史数据之后"),
            ("cityperception rollup --from 2026-11-01 --to 2026-11-08 --channel city,social --dry-run", "what another formula would change · 预览公式变更的影响"));
        command.SetAction((parsed, cancellationToken) => Work.RollupAsync(
            new ServeArguments { ConfigDirectory = parsed.GetRequiredValue(config), DataDirectory = parsed.GetRequiredValue(data), Roles = Roles.Dispatch, Set = parsed.GetValue(set) ?? [] },
            new Dictionary<string, string?>
            {
                [RollupQuery.From] = parsed.GetRequiredValue(from),
                [RollupQuery.To] = parsed.GetValue(to),
                [RollupQuery.Channels] = parsed.GetValue(channel),
                [RollupQuery.Windows] = parsed.GetValue(window),
                [RollupQuery.DryRun] = parsed.GetValue(dryRun) ? "true" : null,
            },
            cancellationToken));
        return command;
    }
}
