using System.CommandLine;
using CityPerception.Links;

namespace CityPerception.Cli;

/// <summary><c>links</c>: appeals that tell the same matter.</summary>
internal static class LinksCommand
{
    public static Command Create()
    {
        var command = new Command("links", "Appeals that tell the same matter: why they are linked, undone and joined by hand. 重复诉求关联") { List(), Show(), Undo(), Join(), Rebuild() };
        command.WithExamples(
            ("cityperception links list", "the newest, each with its reason · 查看最新关联及依据"),
            ("cityperception links undo ID --reason '不是同一路口'", "not the same; never linked again · 撤销关联"),
            ("cityperception links rebuild", "anew from the store · 根据存储重建"));
        return command;
    }

    private static Command List()
    {
        var where = new WhereOptions();
        Option<int> limit = SharedOptions.Whole("--limit", LinkServices.ListLimit, 1, LinkServices.MaxListed, "At most so many, the newest first. 最多条数");
        var measurement = new Option<string?>("--measurement") { HelpName = "M", Description = "Only duplicates of this measurement, such as hotline_ticket (all by default). 只看此类诉求" };
        var command = new Command("list", "Lists links, the newest first. 列出关联") { limit, measurement };
        where.AddTo(command);
        command.WithExamples(("cityperception links list --measurement sentiment", "posts that tell what another told · 重复的网络帖文"));
        command.SetAction((parsed, cancellationToken) => Work.ListLinksAsync(
            where.Read(parsed), parsed.GetValue(measurement), parsed.GetValue(limit), cancellationToken));
        return command;
    }

    private static Command Show()
    {
        var where = new WhereOptions();
        var id = new Argument<Guid>("ID") { Description = "Of any appeal of the matter. 诉求编号" };
        var command = new Command("show", "Shows all appeals of one matter. 查看同一事项的诉求") { id };
        where.AddTo(command);
        command.WithExamples(("cityperception links show 4d480681-7abb-7f50-c45b-e519531dfe97", "its appeals by time · 按时间列出"));
        command.SetAction((parsed, cancellationToken) => Work.ShowMatterAsync(
            where.Read(parsed), parsed.GetRequiredValue(id), cancellationToken));
        return command;
    }

    private static Command Undo()
    {
        Option<string> reason = Reason();
        var where = new WhereOptions();
        var id = new Argument<Guid>("ID") { Description = "Of the link, as the list shows it. 关联编号" };
        var command = new Command("undo", "Says that an appeal is not the matter that it is linked to. 撤销关联") { id, reason };
        where.AddTo(command);
        command.WithExamples(("cityperception links undo 4d480681-7abb-7f50-c45b-e519531dfe97 --reason '不是同一路口'", "kept for good · 永久保留该判断"));
        command.SetAction((parsed, cancellationToken) => Work.UndoLinkAsync(
            where.Read(parsed), parsed.GetRequiredValue(id), parsed.GetRequiredValue(reason), cancellationToken));
        return command;
    }

    private static Command Join()
    {
        Option<string> reason = Reason();
        var where = new WhereOptions();
        Argument<Guid> first = new("ID") { Description = "Of an appeal. 诉求编号" }, second = new("OTHER") { Description = "Of another. 另一诉求编号" };
        var command = new Command("join", "Says that two appeals are the same matter. 人工合并") { first, second, reason };
        where.AddTo(command);
        command.WithExamples(("cityperception links join 4d480681-7abb-7f50-c45b-e519531dfe97 f6637c34-d640-6a69-5958-de195cb2ff1b --reason '同一井盖'", "kept for good · 永久保留该判断"));
        command.SetAction((parsed, cancellationToken) => Work.JoinAppealsAsync(
            where.Read(parsed), parsed.GetRequiredValue(first), parsed.GetRequiredValue(second), parsed.GetRequiredValue(reason), cancellationToken));
        return command;
    }

    private static Command Rebuild()
    {
        Option<string> config = SharedOptions.Config();
        var where = new WhereOptions();
        var command = new Command("rebuild", "Builds the links anew from the store; what operators said stays. A running server with the data directory does it. 重建关联") { config };
        where.AddTo(command);
        command.WithExamples(("cityperception links rebuild", "after an import of the past, or another rule · 导入历史数据或调整规则后"));
        command.SetAction((parsed, cancellationToken) => Work.RebuildLinksAsync(
            where.Read(parsed), parsed.GetRequiredValue(config), cancellationToken));
        return command;
    }

    private static Option<string> Reason() => new("--reason") { HelpName = "TEXT", Description = "Why, in a few words; kept for good (no default). 理由", Required = true };
}
