using CityPerception.TestKit;
using CityPerception.Tests.Scoring;
using CityPerception.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace CityPerception.Tests.Cli;

/// <summary><c>score</c>: a text, and why it has its score.</summary>
public sealed class ScoreCommandTests
{
    private static readonly string Shipped = RepositoryFolder.Find("ingest-configs");

    [Fact]
    public async Task Score_Text_ShowsItsWordsAndWhatTheyAdd()
    {
        (int exitCode, string output, string error) = await CliProcess.RunAsync(["score", "路灯坏了，很不干净", "--config", Shipped]);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Matches(@"(?m)^坏了 +word +-2 +-2$", output);
        Assert.Matches(@"(?m)^不 +negation +-0\.8 +× -0\.8$", output);
        Assert.Matches(@"(?m)^干净 +word +2 +-2\.4$", output);
        Assert.Matches(@"(?m)^sum 合计 +-4\.4$", output);
        Assert.Matches(@"(?m)^score 得分 +-0\.751$", output);
        Assert.Matches(@"(?m)^keywords 关键词 +路灯$", output);
        Assert.Matches(@"(?m)^category 建议分类 +facility$", output);
    }

    [Fact]
    public async Task Score_WhereAScorerIsSet_ShowsWhatItSays()
    {
        await using ScorerEndpoint scorer = await ScorerEndpoint.StartAsync();
        string[] command = ["score", "路灯坏了，13812345678", "--config", Shipped, "--set", $"Scorer:Url={scorer.Url}", "--set", "Scorer:Timeout=00:00:30"];
        (int exitCode, string output, string error) = await CliProcess.RunAsync(command);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Matches(@"(?m)^scorer 外部评分 +0\.765$", output);
        Assert.Equal(["路灯坏了，138****5678"], Assert.Single(scorer.Asked).Texts);

        scorer.Answer = _ => Task.FromResult(Results.NotFound());
        (exitCode, output, _) = await CliProcess.RunAsync(command);
        Assert.Equal(0, exitCode);
        Assert.Matches(@"(?m)^scorer 外部评分 +– it answers 404$", output);
    }

    [Fact]
    public async Task Score_WithoutALexicon_SaysSo()
    {
        using var config = new ConfigCopy();
        foreach (string file in Directory.GetFiles(Path.Combine(config.Path, "sources"))) File.Delete(file);
        File.Delete(Path.Combine(config.Path, "text", "lexicon.csv"));

        (int exitCode, _, string error) = await CliProcess.RunAsync(["score", "好", "--config", config.Path]);

        Assert.Equal(1, exitCode);
        Assert.Contains("There is no text/lexicon.csv.", error, StringComparison.Ordinal);
    }
}
