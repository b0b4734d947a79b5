using System.Globalization;
using System.Text.Json;
using CityPerception.Cases;
using CityPerception.Core.Cases;
using CityPerception.Core.Mapping;
using CityPerception.Hosting;
using CityPerception.Storage.Cases;
using CityPerception.Upkeep;

namespace CityPerception.Cli;

/// <summary>The work of <c>cases</c>.</summary>
internal static partial class Work
{
    public static Task<int> ListCasesAsync(RegistryArguments where, IReadOnlyDictionary<string, string?> given, bool asJson, CancellationToken cancellationToken)
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        if (CaseListQuery.Read(given, now, out CaseFilter filter) is { } fault) return Task.FromResult(BadUsage(fault));
        return WithOperationsAsync(where, async (databases, _) =>
        {
            CaseList page = CaseListQuery.Page(await new CaseQuery(databases).ListAsync(filter with { Limit = filter.Limit + 1 }, cancellationToken), filter.Limit, now);
            if (asJson)
            {
                Terminal.Out.Line(JsonSerializer.Serialize(page, CaseViewJson.Plain.CaseList));
                return ExitCode.Ok;
            }

            if (page.Cases.Count == 0) Terminal.Out.Line("No cases. 没有案件。");
            else Terminal.Out.Table(
                ["case 案件", "source 数据源", "state 状态", "since 自", "district 区县", "category 类别", "dept 部门", "deadline 时限", "overdue 超期"],
                [.. page.Cases.Select(c => (string[])[c.Id, c.Source, c.State, Time(c.ChangedAt), c.District, c.Category, c.Dept, Time(c.DeadlineAt), c.OverdueSince is null ? "" : "yes 是"])]);
            if (page.Next is { } next) Terminal.Error.Line($"There are more: --after '{Terminal.Escape(next)}'. 还有更多。");
            return ExitCode.Ok;
        }, cancellationToken);
    }

    public static Task<int> ShowCaseAsync(RegistryArguments where, string configDirectory, string? source, string id, bool asJson, CancellationToken cancellationToken)
    {
        (IngestPlan? plan, CheckReport check) = Load(configDirectory);
        if (plan is null) return Task.FromResult(CheckReport.Print(Terminal.Error, check));
        return WithOperationsAsync(where, async (databases, _) =>
        {
            IReadOnlyList<CaseRow> found = await new CaseQuery(databases).FindAsync(source, id, cancellationToken);
            if (found.Count == 0) return Failed($"There is no case '{Terminal.Escape(id)}'. 没有这个案件。");
            foreach (CaseRow row in found)
            {
                CaseDetails details = CaseDetails.Of(row, CaseTerms.Of(plan), TimeProvider.System.GetUtcNow());
                if (asJson) Terminal.Out.Line(JsonSerializer.Serialize(details, CaseViewJson.Plain.CaseDetails));
                else Print(details);
            }

            return ExitCode.Ok;
        }, cancellationToken);
    }

    public static async Task<int> RebuildCasesAsync(ServeArguments arguments, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(arguments.ConfigDirectory)) return BadUsage($"The configuration directory '{arguments.ConfigDirectory}' does not exist. Name it with --config DIR. 配置目录不存在。");
        try
        {
            WorkReply<RebuildResult> reply = await Terminal.Error.WithProgressAsync("rebuild 重建", TimeProvider.System, show => RebuildCommandRun.RunAsync(arguments, happened =>
            {
                if (happened.Progress is { } progress) show(progress.Of == 0 ? -1 : (double)progress.Points / progress.Of, string.Create(CultureInfo.InvariantCulture, $"{progress.Points} / {progress.Of}"));
                return ValueTask.CompletedTask;
            }, cancellationToken));
            foreach (string fault in reply.Faults) Terminal.Error.Verdict(false, Terminal.Escape(fault));
            if (reply.Result is not { } result) return reply.IsBadUsage ? ExitCode.BadUsage : ExitCode.Failed;
            if (result.Stopped is { } stopped) return Failed($"Not rebuilt, the cases are those from before: {Terminal.Escape(stopped)} 未重建，案件状态保持不变。");
            Terminal.Out.Line(string.Create(CultureInfo.InvariantCulture, $"{result.Cases} cases · {result.Cases} 个案件"));
            return ExitCode.Ok;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Failed("Stopped; the cases are those from before. 已停止，案件状态保持不变。");
        }
    }

    private static void Print(CaseDetails details)
    {
        CaseView c = details.Case;
        string deadline = c.DeadlineAt is null ? "" : $"{Time(c.DeadlineAt)} ({(c.DeadlineBy == "limit" ? "by the configured limit 按配置时限" : "as sent 系统给定")})";
        string onTime = (c.OverdueSince, c.OnTime) switch
        {
            ({ } since, _) => $"overdue since 超期自 {Time(since)}",
            (_, true) => "on time 按期",
            (_, false) => "late 逾期",
            _ => "",
        };
        Terminal.Out.Table(["", ""],
        [
            ["case 案件", c.Id], ["source 数据源", c.Source], ["state 状态", $"{c.State} {Time(c.ChangedAt)}"], ["district 区县", c.District], ["grid 网格", c.Grid],
            ["category 类别", c.Category], ["dept 部门", c.Dept], ["deadline 时限", deadline], ["on time 按期", onTime],
            ["reworks 返工", c.Reworks.ToString(CultureInfo.InvariantCulture)], ["returns 退单", c.Returns.ToString(CultureInfo.InvariantCulture)],
        ]);
        Terminal.Out.Table(
            ["state 状态", "at 时间", "hours 小时", "working hours 工作小时"],
            [.. details.Stages.Select(s => (string[])[s.State, Time(s.At), s.Hours.ToString("0.##", CultureInfo.InvariantCulture), s.WorkingHours.ToString("0.##", CultureInfo.InvariantCulture)])]);
        if (c.Partial == true) Terminal.Out.Line("It has more events than are kept. 事件过多，仅保留部分。");
    }

    private static string Time(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";
}
