using System.Globalization;
using System.Text;
using CityPerception.Core.Mapping;
using CityPerception.Core.Text.Understanding;

namespace CityPerception.Cli;

/// <summary>What becomes of a text.</summary>
internal static partial class Work
{
    public static int Score(ScoreArguments arguments)
    {
        (IngestPlan? plan, CheckReport check) = Load(arguments.ConfigDirectory);
        if (plan is null) return CheckReport.Print(Terminal.Error, check);
        if (plan.Texts.Lexicon is not { } lexicon)
        {
            Terminal.Error.Verdict(false, $"There is no {TextTables.LexiconName}. 没有情感词典。");
            return ExitCode.Failed;
        }

        byte[] utf8 = Encoding.UTF8.GetBytes(arguments.Text);
        SentimentExplanation explanation = lexicon.Explain(arguments.Text);
        Terminal.Out.Table(
            ["word 词", "kind 类型", "weight 权重", "effect 作用"],
            [.. explanation.Steps.Select(s => (string[])[s.Word, s.Entry.Kind.ToString().ToLowerInvariant(), Show(s.Entry.Weight), s.Entry.Kind == LexiconKind.Word ? Show(s.Effect) : "× " + Show(s.Effect)])]);
        string category = plan.SuggestCategory(arguments.Categories, utf8) ?? "–";
        string keywords = plan.Texts.Keywords.Find(utf8, KeywordFinder.DefaultWords);
        Terminal.Out.Table(["", ""],
        [
            ["sum 合计", Show(explanation.Sum)],
            ["score 得分", Show(explanation.Score)],
            ["keywords 关键词", keywords.Length > 0 ? keywords : "–"],
            ["category 建议分类", category],
        ]);
        return ExitCode.Ok;
    }

    private static string Show(double number) => number.ToString(CultureInfo.InvariantCulture);
}
