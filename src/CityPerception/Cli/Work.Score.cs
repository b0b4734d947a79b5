using System.Globalization;
using System.Text;
using CityPerception.Core.Mapping;
using CityPerception.Core.Text.Understanding;
using CityPerception.Hosting;
using CityPerception.Scoring;
using Microsoft.Extensions.Logging.Abstractions;

namespace CityPerception.Cli;

/// <summary>What becomes of a text.</summary>
internal static partial class Work
{
    public static async Task<int> ScoreAsync(ScoreArguments arguments, CancellationToken cancellationToken)
    {
        Settings settings = Settings.LoadFor(arguments.DataDirectory, arguments.Set);
        if (settings.Faults.Count > 0) return Faults(settings.Faults, ExitCode.BadUsage);
        ScorerOptions scorer = settings.Root.GetSection(ScorerOptions.Section).Get<ScorerOptions>() ?? new ScorerOptions();
        if (new ScorerRules().Validate(null, scorer) is { Failed: true, Failures: var failures }) return Faults(failures, ExitCode.BadUsage);
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
            .. scorer.IsOn ? (string[][])[["scorer 外部评分", await AskAsync(scorer, arguments.Text, cancellationToken)]] : [],
            ["keywords 关键词", keywords.Length > 0 ? keywords : "–"],
            ["category 建议分类", category],
        ]);
        return ExitCode.Ok;
    }

    // As it would be asked for a message, and why it would not count.
    private static async Task<string> AskAsync(ScorerOptions options, string text, CancellationToken cancellationToken)
    {
        using var client = new ScorerClient(options, TimeProvider.System, NullLogger.Instance);
        ScorerReply reply = await client.AskAsync([ScorerClient.Leaving(text)], cancellationToken);
        return reply.Scores is [double score] ? Show(score) : $"– {reply.Why}";
    }

    private static string Show(double number) => number.ToString(CultureInfo.InvariantCulture);
}
