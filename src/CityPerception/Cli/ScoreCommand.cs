using System.CommandLine;

namespace CityPerception.Cli;

/// <summary>A text to be scored.</summary>
/// <param name="ConfigDirectory">Where the tables of words are.</param>
/// <param name="Text">The text.</param>
/// <param name="Categories">The table in lookups/ that suggests its category.</param>
internal sealed record ScoreArguments(string ConfigDirectory, string Text, string Categories);

/// <summary><c>score</c>: shows why a text has its score, its keywords and its category.</summary>
internal static class ScoreCommand
{
    public static Command Create()
    {
        var text = new Argument<string>("TEXT") { Description = "The text; - is standard input. 文本，- 为标准输入" };
        var categories = new Option<string>("--categories") { HelpName = "TABLE", Description = "The table in lookups/ that suggests a category. 分类关键词表", DefaultValueFactory = _ => "topic-keywords" };
        Option<string> config = SharedOptions.Config();
        var command = new Command("score", "Scores a text and shows which words counted; stores nothing. 文本情感评分及其依据") { text, categories, config };
        command.WithExamples(
            ("cityperception score '路灯坏了两个月一直没人修'", "the score, word by word · 逐词说明得分"),
            ("cityperception score - < ticket.txt", "a text from a file · 从文件读取文本"));
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string given = parsed.GetRequiredValue(text);
            if (given == "-") given = await Console.In.ReadToEndAsync(cancellationToken);
            return Work.Score(new ScoreArguments(parsed.GetRequiredValue(config), given, parsed.GetRequiredValue(categories)));
        });
        return command;
    }
}
