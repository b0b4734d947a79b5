using System.CommandLine;
using CityPerception.Cases;
using CityPerception.Hosting;

namespace CityPerception.Cli;

/// <summary><c>cases</c>: what became of what people reported.</summary>
internal static class CasesCommand
{
    private const int ListLimit = 50;

    public static Command Create()
    {
        var command = new Command("cases", "Cases as they stand: state, department, deadline, overdue. 案件当前状态") { List(), Show(), Rebuild() };
        command.WithExamples(
            ("cityperception cases list --overdue true", "open ones past their deadline · 超期在办案件"),
            ("cityperception cases show CZ202611280001", "one with its history · 查看一个案件的流转"),
            ("cityperception cases rebuild", "all of them anew, from the store · 从存储重建"));
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "Lists cases, the last changed first. 列出案件");
        (string Name, string Help, string Description)[] filters =
        [
            ("source", "NAME", "Of this source (any by default). 数据源"),
            ("id", "ID,…", "With one of these numbers (any by default). 编号"),
            ("district", "CODE", "In this district (any by default). 区县代码"),
            ("grid", "CODE", "In this grid (any by default). 网格代码"),
            ("category", "SLUG", "Of this category (any by default). 类别"),
            ("dept", "SLUG", "With this department (any by default). 部门"),
            ("state", "STATE", "In this state (any by default). 状态"),
            ("open", "true|false", "Neither closed nor cancelled, or one of these (any by default). 是否在办"),
            ("overdue", "true|false", "Open past the deadline, or not (any by default). 是否超期"),
            ("after", "PLACE", "Those that follow, as the page before says (from the first by default). 下一页"),
        ];
        Option<string?>[] options = [.. filters.Select(f => new Option<string?>("--" + f.Name) { HelpName = f.Help, Description = f.Description })];
        foreach (Option<string?> option in options) command.Add(option);
        Option<int> limit = SharedOptions.Whole("--limit", ListLimit, 1, CaseListQuery.MaxLimit, "At most so many. 最多条数");
        Option<bool> json = Json();
        var where = new WhereOptions();
        command.Add(limit);
        where.AddTo(command);
        command.Add(json);
        command.WithExamples(
            ("cityperception cases list --district 140403 --open true", "what is under way in one district · 某区县在办案件"),
            ("cityperception cases list --dept urban_management --overdue true --json", "overdue ones of one department, for a program · 某部门超期案件"));
        command.SetAction((parsed, cancellationToken) =>
        {
            Dictionary<string, string?> given = options.ToDictionary(o => o.Name[2..], o => parsed.GetValue(o));
            given["limit"] = parsed.GetValue(limit).ToString(System.Globalization.CultureInfo.InvariantCulture);
            return Work.ListCasesAsync(where.Read(parsed), given, parsed.GetValue(json), cancellationToken);
        });
        return command;
    }

    private static Command Show()
    {
        var id = new Argument<string>("ID") { Description = "Its number. 案件编号" };
        var source = new Option<string?>("--source") { HelpName = "NAME", Description = "The source, where several have the number (any by default). 数据源" };
        (Option<string> config, Option<bool> json, var where) = (SharedOptions.Config(), Json(), new WhereOptions());
        var command = new Command("show", "Shows a case with its history, in hours and working hours. 查看案件") { id, source, config, json };
        where.AddTo(command);
        command.WithExamples(("cityperception cases show CZ202611280001", "its states, stages, deadline · 状态、环节与时限"));
        command.SetAction((parsed, cancellationToken) => Work.ShowCaseAsync(
            where.Read(parsed), parsed.GetRequiredValue(config), parsed.GetValue(source), parsed.GetRequiredValue(id), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static Command Rebuild()
    {
        (Option<string> data, Option<string> config, Option<string[]> set) = (SharedOptions.Data(), SharedOptions.Config(), SharedOptions.Set());
        var command = new Command("rebuild", "Makes all cases anew from the store. 从存储重建案件") { data, config, set };
        command.WithExamples(
            static help => help.WriteLine("""
                A running server with the data directory does it while it goes on; otherwise this command does, with --config. The
                cases are shown as they were until the new ones are complete. Needed after a change of the calendar or the limits.
                有服务运行时由服务执行且不中断；重建完成前仍显示原有状态。修改工作日历或时限后请执行。
                """),
            ("cityperception cases rebuild", "after a change of city.yaml's calendar · 修改日历之后"));
        command.SetAction((parsed, cancellationToken) => Work.RebuildCasesAsync(
            new ServeArguments { ConfigDirectory = parsed.GetRequiredValue(config), DataDirectory = parsed.GetRequiredValue(data), Roles = Roles.Dispatch, Set = parsed.GetValue(set) ?? [] }, cancellationToken));
        return command;
    }

    private static Option<bool> Json() => new("--json") { Description = "For programs (false by default). JSON 输出" };
}
