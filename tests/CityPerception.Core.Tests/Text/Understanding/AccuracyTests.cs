using System.Globalization;
using System.Text;
using CityPerception.Core.Tests.Configuration;
using CityPerception.TestKit;

namespace CityPerception.Core.Tests.Text.Understanding;

/// <summary>
/// How often the lexicon is right, on sentences that were labelled by hand; docs/text.md says so. <c>UPDATE_CASES=1</c> writes
/// the figures there.
/// </summary>
public sealed class AccuracyTests
{
    private const string Begin = "<!-- accuracy -->\n", End = "<!-- /accuracy -->";

    private static readonly string[] Labels = ["negative", "neutral", "positive"];

    [Theory]
    [InlineData("tuned", 0.9)]
    [InlineData("held-out", 0.75)]
    public void Score_LabelledSentences_IsMostlyRight(string half, double least)
    {
        (string Label, string Found)[] results = Results(half);
        Assert.All(Labels, label => Assert.Equal(40, results.Count(r => r.Label == label)));
        Assert.True(Share(results, r => r.Label == r.Found) >= least);
    }

    [Fact]
    public void Documentation_HasTheFiguresOfToday()
    {
        string path = Path.Combine(RepositoryFolder.Find("docs"), "text.md");
        string page = File.ReadAllText(path);
        string figures = Begin + Describe("tuned", "the half that the lexicon was written and tuned with") + "\n" + Describe("held-out", "the half that was held out") + End;
        string current = page[page.IndexOf(Begin, StringComparison.Ordinal)..(page.IndexOf(End, StringComparison.Ordinal) + End.Length)];
        if (Environment.GetEnvironmentVariable("UPDATE_CASES") == "1") File.WriteAllText(path, page.Replace(current, figures, StringComparison.Ordinal));
        else Assert.Equal(figures, current);
    }

    [Fact]
    public void Halves_HaveNoSentenceInCommon() => Assert.Empty(Sentences("tuned").Select(s => s.Text).Intersect(Sentences("held-out").Select(s => s.Text)));

    private static string Describe(string half, string what)
    {
        (string Label, string Found)[] results = Results(half);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"`{half}.csv`, {what}: {results.Count(r => r.Label == r.Found)} of {results.Length} right ({Percent(Share(results, r => r.Label == r.Found))}).\n\n");
        text.Append("| labelled | found negative | found neutral | found positive | precision | recall |\n|---|---|---|---|---|---|\n");
        foreach (string label in Labels)
        {
            IEnumerable<int> found = Labels.Select(f => results.Count(r => r == (label, f)));
            double precision = Share([.. results.Where(r => r.Found == label)], r => r.Label == label);
            double recall = Share([.. results.Where(r => r.Label == label)], r => r.Found == label);
            text.Append(CultureInfo.InvariantCulture, $"| {label} | {string.Join(" | ", found)} | {Percent(precision)} | {Percent(recall)} |\n");
        }

        return text.ToString();
    }

    private static double Share((string Label, string Found)[] results, Func<(string Label, string Found), bool> which) => (double)results.Count(which) / results.Length;

    private static string Percent(double share) => share.ToString("0.0 %", CultureInfo.InvariantCulture);

    private static (string Label, string Found)[] Results(string half) =>
        [.. Sentences(half).Select(s => (s.Label, ShippedFiles.Plan.Texts.Lexicon!.Explain(s.Text).Score switch { < -0.2 => "negative", > 0.2 => "positive", _ => "neutral" }))];

    private static IEnumerable<(string Text, string Label)> Sentences(string half) =>
        File.ReadLines(Path.Combine(RepositoryFolder.Find("tests/CityPerception.Core.Tests"), "Text", "Understanding", "Labelled", half + ".csv"))
            .Skip(1).Select(l => l.Split(',')).Select(c => (c[0], c[1]));
}
