using System.Globalization;
using System.Text.Json;
using CityPerception.Configuration;
using CityPerception.Core.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.Hosting;
using CityPerception.Upkeep;

namespace CityPerception.Cli;

/// <summary>The work of <c>plan</c>.</summary>
internal static partial class Work
{
    private const int FilesShown = 5;

    public static async Task<int> PlanAsync(ServeArguments arguments, string changedDirectory, int days, bool asJson, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(changedDirectory)) return BadUsage($"The configuration directory '{changedDirectory}' does not exist. 配置目录不存在。");
        var faults = new ConfigFaults();
        Dictionary<string, byte[]> files = ConfigDirectory.ReadFiles(changedDirectory, faults);
        IngestPlan? changed = PlanWork.Compile(files, out IReadOnlyList<ConfigFault> wrong);
        if (changed is null || faults.All.Count > 0) return CheckReport.Print(Terminal.Error, new CheckReport(files.Count, [.. faults.All, .. wrong]));

        var request = new WorkRequest(
            string.Create(CultureInfo.InvariantCulture, $"{PlanEndpoint.Path}?days={days}"), "The server ended, or was lost, before all was compared; give the command again. 服务中断，请重新执行。",
            () => JsonContent.Create(new PlanFiles(files), UpkeepJson.Default.PlanFiles));
        WorkReply<PlanAnswer> reply = await OnStoreAsync(arguments, "plan 预演", request, UpkeepJson.Default.PlanEvent, static e => e.Progress, async (parts, _, say) =>
            new WorkReply<PlanAnswer>(await parts.GetRequiredService<PlanWork>().CompareAsync(changed, files, days, say, cancellationToken), []), cancellationToken);
        if (reply.Result is not { } result) return Refused(reply);
        if (asJson) Terminal.Out.Line(JsonSerializer.Serialize(result, UpkeepJson.Plain.PlanAnswer));
        else Print(result);
        return result.Stopped is null ? ExitCode.Ok : ExitCode.Failed;
    }

    private static void Print(PlanAnswer result)
    {
        if (result.Kpis.Count > 0)
        {
            Terminal.Out.Table(
                ["KPI 指标", "window 窗口", "views 视图", "values 变化的数值", "largest 最大变化", "levels 变化的等级", "red 红色"],
                [.. result.Kpis.Select(static k => (string[])[
                    $"{k.Channel} {k.Kpi}", k.Window, Arrow(k.Now.Views, k.Then.Views), Number(k.Values),
                    k.Largest is { } l ? string.Create(CultureInfo.InvariantCulture, $"{l.Now:0.###} → {l.Then:0.###} ({l.District}{(l.Group.Length > 0 ? " " + l.Group : "")} {Time(l.At)})") : "",
                    Number(k.LevelChanges), Arrow(k.Now.Red, k.Then.Red)])]);
            foreach (PlanItem k in result.Kpis.Where(static k => k.Now.Red + k.Then.Red + k.LevelChanges > 0)) Terminal.Out.Line(BackTest(k));
        }

        if (result.NotCompared.Count > 0)
        {
            string more = result.NotCompared.Count > FilesShown ? $" … ({result.NotCompared.Count})" : "";
            Terminal.Error.Line(Terminal.Escape($"Also different, and not compared: {string.Join(", ", result.NotCompared.Take(FilesShown))}{more}. Messages are not kept once they are stored, so no mapping can be run over them again. 原始消息不保留，上述文件的影响无法预演。"));
        }

        string stopped = result.Stopped is { } why ? $" Stopped early: {why}. 提前停止。" : "";
        Terminal.Out.Verdict(result.Stopped is null, Terminal.Escape(string.Create(CultureInfo.InvariantCulture,
            $"{Time(result.From)} to {Time(result.To)}: {result.Kpis.Count(static k => k.Removed + k.Added + k.Values + k.LevelChanges > 0)} of {result.Kpis.Count} changed KPIs and windows would show something else; nothing was written. 未写入任何数据。{stopped}")));
    }

    // Who confirmed an alarm nobody has written down: what can be told is which stay.
    private static string BackTest(PlanItem k) => string.Create(CultureInfo.InvariantCulture,
        $"{k.Channel} {k.Kpi} {k.Window}: {k.Then.Red} red windows (now {k.Now.Red}), {k.RedInBoth} of them red now too; red {k.Then.Alarms} times (now {k.Now.Alarms}). "
        + $"green {Arrow(k.Now.Green, k.Then.Green)}, yellow {Arrow(k.Now.Yellow, k.Then.Yellow)}, orange {Arrow(k.Now.Orange, k.Then.Orange)}, unknown {Arrow(k.Now.Unknown, k.Then.Unknown)}. 红色窗口 {Arrow(k.Now.Red, k.Then.Red)}。");

    private static string Arrow(long now, long then) => now == then ? Number(now) : $"{Number(now)} → {Number(then)}";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
