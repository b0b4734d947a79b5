using System.Globalization;
using CityPerception.Storage.Links;
using CityPerception.TestKit;

namespace CityPerception.Storage.Tests.Links;

/// <summary>How well the rule tells the same matter from another, on pairs that people labelled.</summary>
public sealed class LinkQualityTests(ITestOutputHelper output)
{
    private static readonly LinkRule Rule = new(new AppealLinkOptions());

    [Fact]
    public void Find_OnLabelledPairs_IsAsGoodAsTheDocumentationSays()
    {
        string page = File.ReadAllText(RepositoryFolder.Find("docs/links.md"));
        Assert.Contains(Row("tuned", false), page, StringComparison.Ordinal);
        Assert.Contains(Row("held out", true), page, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_WhicheverIsAskedFirst_SaysTheSame() =>
        Assert.All(LabelledPair.Read(), pair => Assert.Equal(Rule.Compare(pair.First, pair.Second), Rule.Compare(pair.Second, pair.First)));

    private string Row(string name, bool isHeldOut)
    {
        var pairs = LabelledPair.Read().Where(p => p.IsHeldOut == isHeldOut).Select(p => (Pair: p, Found: Rule.Find(p.First, p.Second))).ToArray();
        foreach (var (pair, found) in pairs.Where(p => p.Pair.IsSame != p.Found is not null))
            output.WriteLine($"{name}, {pair.Why}: {Rule.Compare(pair.First, pair.Second)} {pair.First.Id}");

        int right = pairs.Count(p => p.Pair.IsSame && p.Found is not null), linked = pairs.Count(p => p.Found is not null), same = pairs.Count(p => p.Pair.IsSame);
        string row = string.Create(CultureInfo.InvariantCulture, $"| {name} | {pairs.Length} | {same} | {(double)right / linked:0.00} | {(double)right / same:0.00} |");
        output.WriteLine(row);
        return row;
    }
}
