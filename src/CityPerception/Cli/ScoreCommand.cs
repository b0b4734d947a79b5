using System.CommandLine;

namespace CityPerception.Cli;

/// <summary>A text to be scored.</summary>
/// <param name="ConfigDirectory">Where the tables of words are.</param>
/// <param name="Text">The text.</param>
/// <param name="Categories">The table in lookups/ that suggests its category.</param>
/// <param name="DataDirectory">Of the server whose settings may name a scorer.</param>
/// <param name="Set">Settings from the command line.</param>
internal sealed record ScoreArguments(string ConfigDirectory, string Text, string Categories, string DataDirectory, IReadOnlyList<string> Set);

/// <summary><c>score</c>: shows why a text has its score, its keywords and its category.</summary>
internal static class ScoreCommand
{
    public static Command Create()
    {
        var text = new Argument<string>("TEXT") { Description = "The text; - is standard input. 文本，- 为标准输入" };
        var categories = new Option<string>("--categories") { HelpName = "TABLE", Description = "The table in lookups/ that suggests a category. 分类关键词表", DefaultValueFactory = _ => "topic-keywords" };
        Option<string> config = SharedOptions.Config(), data = SharedOptions.Data();
        Option<string[]> set = SharedOptions.Set();
        var command = new Command("score", "Scores a text and shows which words counted, and what a scorer says that is set; stores nothing. 文本情感评分及其依据") { text, categories, config, data, set };
        command.WithExamples(
            ("cityperception score '路灯坏了两个月一直没人修'", "the score, word by word · 逐词说明得分"),
            ("cityperception score - < ticket.txt", "a text from a file · 从文件读取文本"),
            ("cityperception score '还是没人管' --set Scorer:Url=http://127.0.0.1:9000/score", "beside a scorer of your own · 与自有评分服务对照"));
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string given = parsed.GetRequiredValue(text);
            if (given == "-") given = await Console.In.ReadToEndAsync(cancellationToken);
            return await Work.ScoreAsync(
                new ScoreArguments(parsed.GetRequiredValue(config), given, parsed.GetRequiredValue(categories), parsed.GetRequiredValue(data), parsed.GetValue(set) ?? []), cancellationToken);
        });
        return command;
    }
}
