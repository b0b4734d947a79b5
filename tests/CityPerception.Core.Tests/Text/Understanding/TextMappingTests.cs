using CityPerception.Core.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Core.Tests.Mapping;
using CityPerception.Core.Text.Understanding;

namespace CityPerception.Core.Tests.Text.Understanding;

/// <summary>What sources do with texts: <c>sentiment()</c>, <c>keywords()</c>, <c>suggest</c>, and the faults of their tables.</summary>
public sealed class TextMappingTests
{
    private const string Lexicon = "word,kind,weight\n脏,word,-2\n不,negation,-0.8\n", Topics = "keyword,category\n路灯,facility\n噪音,noise\n噪音标准,\n堵车,traffic\n";

    private const string Measurements = """
        measurements:
          post:
            sense: human
            name: { zh: 帖子, en: post }
            tags:
              category: [facility, noise, traffic, other]
            fields:
              score: { range: [-1, 1], name: { zh: 分, en: score } }
              keywords: { type: string, mask: true, name: { zh: 词, en: words } }
              suggested: { type: integer, name: { zh: 建议, en: suggested } }
              n: { type: integer, name: { zh: 数, en: n } }
        tags: { source: {} }
        """;

    private const string Source = """
        source: s
        sense: human
        decode: json
        observation:
          measurement: post
          id: $.id
          tags:
            category: { lookup: names, key: $.kind, suggest: { text: $.text, keywords: topics }, else: other }
          fields:
            n: { const: 1 }
            score: { expr: "coalesce($.score, sentiment($.text))" }
        """;

    [Theory]
    [InlineData("""{"kind":"灯","text":"噪音太大"}""", "category=facility", false)]
    [InlineData("""{"text":"噪音太大"}""", "category=noise", true)]
    [InlineData("""{"kind":"","text":"噪音太大"}""", "category=noise", true)]
    [InlineData("""{"kind":null,"text":"路灯和噪音，还是噪音"}""", "category=noise", true)]
    [InlineData("""{"text":"路灯和噪音"}""", "category=facility", true)]
    [InlineData("""{"text":"噪音标准是多少"}""", "category=other", false)]
    [InlineData("""{"kind":"不知道","text":"噪音太大"}""", "category=other", false)]
    [InlineData("""{"text":7}""", "category=other", false)]
    public void Suggest_WhereNoCategoryIsGiven_TakesTheTextsAndSaysSo(string payload, string tag, bool suggested)
    {
        string line = ConfigText.Map(Load(), payload);
        Assert.Contains(tag, line, StringComparison.Ordinal);
        Assert.Equal(suggested, line.Contains("suggested=1i", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"text":"脏"}""", "score=-0.459")]
    [InlineData("""{"text":"不脏"}""", "score=0.382")]
    [InlineData("""{"text":"好"}""", "score=0")]
    [InlineData("""{"score":0.5,"text":"脏"}""", "score=0.5")]
    [InlineData("""{"text":"\u810f"}""", "score=-0.459")]
    public void Sentiment_OfAText_IsItsScoreUnlessTheSourceHasOne(string payload, string field) =>
        Assert.Matches($"[ ,]{field}[ ,]", ConfigText.Map(Load(), payload));

    [Theory]
    [InlineData("""{"text":"  "}""")]
    [InlineData("""{"other":1}""")]
    public void Sentiment_OfNoText_IsNone(string payload) => Assert.DoesNotContain("score", ConfigText.Map(Load(), payload), StringComparison.Ordinal);

    [Fact]
    public void Sentiment_WhereSomebodyElseIsAsked_NotesTheTextsFirstAndThenHasTheAnswers()
    {
        CompiledSource source = Load();
        Assert.True(source.AsksForScores);
        var scores = new TextScores();
        const string payload = """[{"text":"脏"},{"score":0.5,"text":"不脏"},{"text":"脏"},{"text":"好"}]""";

        Assert.Equal(["-0.459", "0.5", "-0.459", "0"], ScoresOf(source, payload, scores)); // the lexicon's, for the time being
        Assert.Equal(["脏", "好"], scores.Texts);
        scores.Answer([-0.9, 0.25]);
        Assert.Equal(["-0.9", "0.5", "-0.9", "0.25"], ScoresOf(source, payload, scores));
        Assert.Equal(["-0.459"], ScoresOf(source, """{"text":"很脏"}""", scores)); // nobody was asked
        Assert.Equal(["-0.459"], ScoresOf(source, """{"text":"脏"}""", null));
        Assert.Throws<ArgumentException>(() => scores.Answer([0]));
    }

    [Fact]
    public void AsksForScores_OfASourceWithoutSentiment_IsFalse() =>
        Assert.False(Load(Source.Replace("coalesce($.score, sentiment($.text))", "coalesce($.score, 0)", StringComparison.Ordinal)).AsksForScores);

    private static string[] ScoresOf(CompiledSource source, string payload, TextScores? scores)
    {
        var run = new MappingRun();
        source.Map(new Message { Payload = System.Text.Encoding.UTF8.GetBytes(payload), ReceivedNs = ConfigText.ReceivedNs, Scores = scores }, run);
        return [.. System.Text.Encoding.UTF8.GetString(run.Lines.Written).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split("score=")[1].Split(',', ' ')[0])];
    }

    [Fact]
    public void Map_TheSameTwice_GivesTheSameLine()
    {
        CompiledSource source = Load();
        const string payload = """{"id":"1","text":"噪音太大，脏"}""";
        string once = ConfigText.Map(source, payload);
        ConfigText.Map(source, """{"id":"2","kind":"灯","text":"路灯"}""");
        Assert.Equal(once, ConfigText.Map(source, payload));
    }

    [Theory]
    [InlineData("text/lexicon.csv", "word,kind,weight\n脏,wrod,-2\n", "text/lexicon.csv:2:1: kind: found \"wrod\"; allowed: word, negation, degree, question, contrast; did you mean word?")]
    [InlineData("text/lexicon.csv", "word,kind,weight\n好,word,1\n\n脏,word,-4\n", "text/lexicon.csv:4:1: weight: found \"-4\"; allowed: a number from -3 to 3 for a word")]
    [InlineData("text/lexicon.csv", "word,kind,weight\n不,negation,1\n", "text/lexicon.csv:2:1: weight: found \"1\"; allowed: a number from -2 to 0 for a negation")]
    [InlineData("text/lexicon.csv", "word,weight\n脏,-2\n", "text/lexicon.csv:1:1: found the columns word,weight; allowed: word,kind,weight")]
    [InlineData("text/lexicon.csv", "word,kind,weight\n一二三四五六七八九十一二三四五六七,word,1\n", "allowed: at most 16 signs")]
    [InlineData("text/variants.csv", "sign,read_as\n髒的,脏\n", "text/variants.csv:2:1: sign: found \"髒的,脏\"; allowed: one sign")]
    [InlineData("text/keywords.csv", "word,kind\n路灯,yes\n", "text/keywords.csv:2:1: kind: found \"yes\"; allowed: keep, drop")]
    [InlineData("text/lexikon.csv", "word,kind,weight\n脏,word,-2\n", "text/lexikon.csv:1:1: found a table that nothing reads; allowed: text/lexicon.csv, text/variants.csv, text/keywords.csv; did you mean text/lexicon.csv?")]
    [InlineData("text/lexicon.csv", null, "observation.fields.score.expr: found the function sentiment; allowed: it with text/lexicon.csv beside, which is not there")]
    [InlineData("lookups/topics.csv", null, "suggest.keywords: found \"topics\"; allowed: a file of lookups/")]
    [InlineData("lookups/topics.csv", "keyword,kind\n路灯,facility\n", "suggest.keywords: found no column category in lookups/topics.csv; allowed: keyword, kind")]
    [InlineData("lookups/topics.csv", "keyword,category\n路灯,facilty\n", "suggest.keywords: found \"facilty\" in lookups/topics.csv; allowed: the values of category: facility, noise, traffic, other; did you mean facility?")]
    [InlineData("measurements.yaml", Measurements, "", "suggested: { type: integer, name: { zh: 建议, en: suggested } }")]
    public void Check_FaultyTable_SaysWhereAndWhatIsAllowed(string path, string? text, string fault, string? without = null)
    {
        Dictionary<string, byte[]> files = Files();
        if (text is null) files.Remove(path);
        else files[path] = System.Text.Encoding.UTF8.GetBytes(without is null ? text : text.Replace(without, "", StringComparison.Ordinal));
        if (without is not null) fault = "suggest: found suggest; allowed: it where the measurement has the field suggested, which says so; post has none";

        var faults = new ConfigFaults();
        Assert.Null(IngestPlan.Load(files, faults));
        Assert.Contains(faults.All, f => f.ToString().Contains(fault, StringComparison.Ordinal));
    }

    [Fact]
    public void Check_SuggestForAField_IsAFault()
    {
        Dictionary<string, byte[]> files = Files();
        files["sources/s.yaml"] = System.Text.Encoding.UTF8.GetBytes(Source.Replace("n: { const: 1 }", "n: { path: $.n, suggest: { text: $.text, keywords: topics } }", StringComparison.Ordinal));
        var faults = new ConfigFaults();
        Assert.Null(IngestPlan.Load(files, faults));
        Assert.Contains(faults.All, f => f.ToString().Contains("suggest: found suggest; allowed: it for the value of a tag", StringComparison.Ordinal));
    }

    private static Dictionary<string, byte[]> Files(string source = Source) => ConfigText.Files(
        ("measurements.yaml", Measurements), ("sources/s.yaml", source), ("text/lexicon.csv", Lexicon), ("lookups/topics.csv", Topics), ("lookups/names.csv", "name,category\n灯,facility\n"));

    private static CompiledSource Load(string source = Source)
    {
        var faults = new ConfigFaults();
        IngestPlan? plan = IngestPlan.Load(Files(source), faults);
        Assert.True(plan is not null, string.Join("\n", faults.All));
        return Assert.Single(plan.Sources.Values);
    }
}
