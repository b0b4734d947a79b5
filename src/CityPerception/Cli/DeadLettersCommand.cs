using System.CommandLine;
using CityPerception.DeadLetters;

namespace CityPerception.Cli;

/// <summary>What is to be replayed, and with what.</summary>
/// <param name="DataDirectory">The server's data directory.</param>
/// <param name="ConfigDirectory">The configuration to map with where no server runs.</param>
/// <param name="Set">Settings for that case.</param>
/// <param name="Request">Which letters, and how.</param>
/// <param name="AsJson">For programs.</param>
internal sealed record ReplayArguments(string DataDirectory, string ConfigDirectory, IReadOnlyList<string> Set, ReplayRequest Request, bool AsJson);

/// <summary><c>deadletters</c>: what could not be decoded, mapped or stored.</summary>
internal static class DeadLettersCommand
{
    /// <summary>So many are listed without a limit.</summary>
    public const int ListLimit = 50;

    public static Command Create()
    {
        var command = new Command("deadletters", "What could not be decoded, mapped or stored: original bytes, source, time, reason. 死信：无法处理的原始消息") { List(), Show(), Replay(), Discard() };
        command.WithExamples(
            ("cityperception deadletters list --source air-station", "the newest of one source · 查看某数据源的死信"),
            ("cityperception deadletters show ID", "one with its bytes · 查看一条及其原文"),
            ("cityperception deadletters replay --source air-station --dry-run", "what they would become with the mapping of now · 预览按当前映射重放的结果"));
        return command;
    }

    private static Command List()
    {
        var which = new LetterOptions();
        Option<string> state = State(), data = SharedOptions.Data();
        Option<int> limit = SharedOptions.Whole("--limit", ListLimit, 1, ReplayRequest.DefaultLimit, "At most so many, the newest first. 最多条数");
        Option<bool> json = Json();
        var command = new Command("list", "Lists dead letters, the newest first. 列出死信") { state, limit, data, json };
        which.AddTo(command);
        command.WithExamples(
            ("cityperception deadletters list --reason out_of_range --limit 10", "the last ten beyond their range · 最近十条超范围数据"),
            ("cityperception deadletters list --topic 'city/aq/#' --since 2h --text pm10", "of some topics, of the last two hours, about one field · 按主题、时间、文本筛选"),
            ("cityperception deadletters list --state all --json", "all, for a program · 全部状态，JSON 输出"));
        command.SetAction((parsed, cancellationToken) => Work.ListDeadLettersAsync(
            parsed.GetRequiredValue(data),
            which.Read(parsed, new LetterQuery { State = parsed.GetRequiredValue(state), Limit = parsed.GetValue(limit) }),
            parsed.GetValue(json),
            cancellationToken));
        return command;
    }

    private static Command Show()
    {
        Option<string> data = SharedOptions.Data();
        Option<bool> json = Json();
        var id = new Argument<string>("ID") { Description = "As the list shows it. 死信编号" };
        var raw = new Option<bool>("--raw") { Description = "Also of words of people the bytes as they came, not masked; needs the keys in the data directory (false by default). 显示未脱敏的原始字节，需要密钥" };
        var command = new Command("show", "Shows one dead letter with its original bytes; words of people are masked. 查看一条死信，个人信息已脱敏") { id, raw, data, json };
        command.WithExamples(("cityperception deadletters show 019ab2c4-5d3e-7f10-8a21-3c4d5e6f7a8b", "its reason, and the message as it came · 原因与原文"));
        command.SetAction((parsed, cancellationToken) => Work.ShowDeadLetterAsync(parsed.GetRequiredValue(data), parsed.GetRequiredValue(id), parsed.GetValue(raw), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static Command Replay()
    {
        var which = new LetterOptions();
        Option<string> config = SharedOptions.Config(), data = SharedOptions.Data();
        Option<string[]> set = SharedOptions.Set();
        Option<bool> json = Json();
        Option<int> limit = SharedOptions.Whole("--limit", ReplayRequest.DefaultLimit, 1, ReplayRequest.DefaultLimit, "At most so many, the oldest first. 最多条数");
        var ids = new Argument<string[]>("ID") { Description = "Only these, as the list shows them (all open ones by default). 死信编号", Arity = ArgumentArity.ZeroOrMore };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what each would become, and change nothing (false by default). 只预览，不写入" };
        var again = new Option<bool>("--again") { Description = "Also those that are replayed or discarded already (false by default). 包括已重放和已放弃的" };
        var command = new Command("replay", "Maps dead letters again, with the configuration of now and at their own time, and stores what they become. 按当前配置重放死信")
        {
            ids, dryRun, again, limit, data, config, set, json,
        };
        which.AddTo(command);
        command.WithExamples(
            static help => help.WriteLine("""
                A running server with the data directory does it, with the configuration that it has; otherwise this command does,
                with --config, and the next server stores what it leaves in the spool. Replaying twice changes nothing.
                运行中的服务使用其自身配置执行重放；无服务时由本命令执行（使用 --config），重复重放不会产生重复数据。
                """),
            ("cityperception deadletters replay --source air-station --dry-run", "what would become of them · 预览"),
            ("cityperception deadletters replay --source air-station --reason type_mismatch --since 7d", "after the mapping was corrected · 修正映射后重放"),
            ("cityperception deadletters replay 019ab2c4-5d3e-7f10-8a21-3c4d5e6f7a8b", "one · 重放一条"),
            ("cityperception deadletters replay --reason source_unknown --topic 'plant/#'", "what came before its source was written · 补写数据源后重放"));
        command.SetAction((parsed, cancellationToken) => Work.ReplayDeadLettersAsync(
            new ReplayArguments(
                parsed.GetRequiredValue(data),
                parsed.GetRequiredValue(config),
                parsed.GetValue(set) ?? [],
                (ReplayRequest)which.Read(parsed, new ReplayRequest
                {
                    Ids = parsed.GetValue(ids) is { Length: > 0 } some ? some : null,
                    Limit = parsed.GetValue(limit),
                    DryRun = parsed.GetValue(dryRun),
                    Again = parsed.GetValue(again),
                }),
                parsed.GetValue(json)),
            cancellationToken));
        return command;
    }

    private static Command Discard()
    {
        var which = new LetterOptions();
        Option<string> data = SharedOptions.Data();
        Option<string[]> set = SharedOptions.Set();
        Option<bool> json = Json();
        Option<int> limit = SharedOptions.Whole("--limit", ReplayRequest.DefaultLimit, 1, ReplayRequest.DefaultLimit, "At most so many, the oldest first. 最多条数");
        var ids = new Argument<string[]>("ID") { Description = "Only these, as the list shows them. 死信编号", Arity = ArgumentArity.ZeroOrMore };
        var why = new Option<string>("--why") { HelpName = "TEXT", Required = true, Description = $"Why nothing is to be made of them, up to {DiscardRequest.MaxWhy} characters; kept with each (no default: it has to be said). 放弃的原因" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say how many they are (false by default). 只统计条数" };
        var command = new Command("discard", "Notes of open dead letters, with a reason, that nothing is to be made of them; they are removed by age or space. 放弃死信并注明原因") { ids, why, dryRun, limit, data, set, json };
        which.AddTo(command);
        command.WithExamples(
            static help => help.WriteLine("""
                Ids or at least one filter have to be given. --reason is what they were refused for, as for list and replay; --why is
                yours. deadletters replay ID --again takes a discarded letter still.
                须给出编号或至少一个筛选条件；--reason 为拒绝原因，--why 为放弃的原因。
                """),
            ("cityperception deadletters discard 019ab2c4-5d3e-7f10-8a21-3c4d5e6f7a8b --why 'test of the vendor'", "one · 放弃一条"),
            ("cityperception deadletters discard --source air-station --reason type_mismatch --until 7d --why 'old firmware' --dry-run", "how many it would be · 统计将被放弃的条数"));
        command.SetAction((parsed, cancellationToken) => Work.DiscardDeadLettersAsync(
            parsed.GetRequiredValue(data),
            parsed.GetValue(set) ?? [],
            (DiscardRequest)which.Read(parsed, new DiscardRequest
            {
                Ids = parsed.GetValue(ids) is { Length: > 0 } some ? some : null,
                Limit = parsed.GetValue(limit),
                Why = parsed.GetRequiredValue(why),
                DryRun = parsed.GetValue(dryRun),
            }),
            parsed.GetValue(json),
            cancellationToken));
        return command;
    }

    private static Option<bool> Json() => new("--json") { Description = "As JSON, for programs (false by default). 以 JSON 输出" };

    private static Option<string> State() => new("--state")
    {
        HelpName = string.Join('|', LetterNames.StateChoices),
        Description = "Open, replayed or discarded ones, or all. 状态",
        DefaultValueFactory = _ => LetterNames.StateChoices[0],
    };

    /// <summary>The options by which letters are chosen.</summary>
    private sealed class LetterOptions
    {
        private readonly Option<string?> _source = Text("--source", "S", "Only of this source; '(none)' for messages of no source (all by default). 只看此数据源");
        private readonly Option<string?> _reason = Text("--reason", "R", "Only for this reason, such as out_of_range (all by default). 只看此原因");
        private readonly Option<string?> _since = Text("--since", "TIME", "Not before: 2026-03-01T08:00:00Z, or a while ago such as 30m, 2h, 7d (the oldest by default). 起始时间");
        private readonly Option<string?> _until = Text("--until", "TIME", "Before: likewise (the newest by default). 截止时间");
        private readonly Option<string?> _topic = Text("--topic", "FILTER", "Only of topics or request paths that this MQTT filter matches (all by default). 只看匹配的主题");
        private readonly Option<string?> _text = Text("--text", "TEXT", "Only with this text in where or why (all by default). 位置或说明中包含的文本");

        public void AddTo(Command command)
        {
            foreach (Option<string?> option in (Option<string?>[])[_source, _reason, _since, _until, _topic, _text]) command.Add(option);
        }

        public LetterQuery Read(ParseResult parsed, LetterQuery query) => query with
        {
            Source = parsed.GetValue(_source),
            Reason = parsed.GetValue(_reason),
            Since = parsed.GetValue(_since),
            Until = parsed.GetValue(_until),
            Topic = parsed.GetValue(_topic),
            Text = parsed.GetValue(_text),
        };

        private static Option<string?> Text(string name, string helpName, string description) => new(name) { HelpName = helpName, Description = description };
    }
}
