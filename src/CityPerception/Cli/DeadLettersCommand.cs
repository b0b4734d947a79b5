using System.CommandLine;

namespace CityPerception.Cli;

/// <summary>Which dead letters to list.</summary>
/// <param name="DataDirectory">The server's data directory.</param>
/// <param name="Source">Only of this source; null for all.</param>
/// <param name="Reason">Only for this reason, by its name in snake_case; null for all.</param>
/// <param name="Limit">At most so many, the newest first.</param>
internal sealed record DeadLetterQuery(string DataDirectory, string? Source, string? Reason, int Limit);

/// <summary><c>deadletters</c>: what could not be decoded, mapped or stored.</summary>
internal static class DeadLettersCommand
{
    public static Command Create()
    {
        var command = new Command("deadletters", "What could not be decoded, mapped or stored: original bytes, source, time, reason. 死信：无法处理的原始消息") { List(), Show() };
        command.WithExamples(
            ("cityperception deadletters list --source air-station", "the newest of one source · 查看某数据源的死信"),
            ("cityperception deadletters show ID", "one with its bytes · 查看一条及其原文"));
        return command;
    }

    private static Command List()
    {
        Option<string> data = SharedOptions.Data();
        var source = new Option<string?>("--source") { HelpName = "S", Description = "Only of this source (all by default). 只看此数据源" };
        var reason = new Option<string?>("--reason") { HelpName = "R", Description = "Only for this reason, such as out_of_range (all by default). 只看此原因" };
        Option<int> limit = SharedOptions.Whole("--limit", 50, 1, 100_000, "At most so many, the newest first. 最多条数");
        var command = new Command("list", "Lists dead letters, the newest first. 列出死信") { source, reason, limit, data };
        command.WithExamples(("cityperception deadletters list --reason out_of_range --limit 10", "the last ten beyond their range · 最近十条超范围数据"));
        command.SetAction((parsed, cancellationToken) => Work.ListDeadLettersAsync(
            new DeadLetterQuery(parsed.GetRequiredValue(data), parsed.GetValue(source), parsed.GetValue(reason), parsed.GetValue(limit)), cancellationToken));
        return command;
    }

    private static Command Show()
    {
        Option<string> data = SharedOptions.Data();
        var id = new Argument<string>("ID") { Description = "As the list shows it. 死信编号" };
        var command = new Command("show", "Shows one dead letter with its original bytes. 查看一条死信") { id, data };
        command.WithExamples(("cityperception deadletters show 42", "its reason, and the message as it came · 原因与原文"));
        command.SetAction((parsed, cancellationToken) => Work.ShowDeadLetterAsync(parsed.GetRequiredValue(data), parsed.GetRequiredValue(id), cancellationToken));
        return command;
    }
}
