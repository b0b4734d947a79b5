using CityPerception.Core.Text.Similarity;
using CityPerception.Storage.Links;
using CsCheck;

namespace CityPerception.Storage.Tests.Links;

/// <summary>What is linked follows from the appeals and the verdicts alone, in whatever order and how often they come.</summary>
public sealed class LinkEngineTests
{
    private const long Hour = 3_600_000_000_000;

    private static readonly string[] Matters =
        ["英雄中路路灯不亮，晚上走路很危险", "英雄中路的路灯坏了，晚上走路不安全", "英雄中路路灯全灭，晚上走路害怕", "滨河小区暖气不热，家里只有14度", "滨河小区的暖气一直不热，室内只有13度", "垃圾堆了几天没人清理，味道很臭"];

    // An appeal of some matter at some hour; the words of some are told again later, or differently.
    private static readonly Gen<AppealFacts> Appeals = Gen.Select(Gen.Int[0, 40], Gen.Int[0, 5], Gen.Int[0, 120], Gen.Int[0, 2])
        .Select((id, matter, hour, place) => Appeal($"hotline_ticket:{id}", hour, Matters[matter], place == 0 ? null : 36.19 + place * 0.003));

    private static readonly Gen<Verdict> Verdicts = Gen.Select(Gen.Int[0, 40], Gen.Int[0, 40], Gen.Bool)
        .Where((a, b, _) => a != b)
        .Select((a, b, isSame) => Of(a, b, isSame));

    [Fact]
    public void Settle_ShuffledAndRepeatedHistories_GivesTheSameLinks() =>
        Gen.Select(Appeals.Array[1, 60], Verdicts.Array[0, 6], Gen.Int).Sample((appeals, verdicts, seed) =>
        {
            Verdict[] last = [.. verdicts.GroupBy(v => (v.First, v.Second)).Select(g => g.Last())];
            // The same point told twice with other words is the later one's, as in the store; so each point is here once.
            AppealFacts[] points = [.. appeals.DistinctBy(a => (a.Id, a.TimeNs))];
            object[] history = [.. points, .. last];
            string[] expected = Links(Run(history, history.Length));

            var random = new Random(seed);
            object[] shuffled = [.. history, .. history.Where(_ => random.Next(3) == 0)];
            random.Shuffle(shuffled);
            Assert.Equal(expected, Links(Run(shuffled, 1 + random.Next(5))));
        }, iter: 3_000);

    [Fact]
    public void Settle_AnyHistory_HasNoChainsAndHeedsVerdicts() =>
        Gen.Select(Appeals.Array[1, 60], Verdicts.Array[0, 6]).Sample((appeals, verdicts) =>
        {
            Verdict[] last = [.. verdicts.GroupBy(v => (v.First, v.Second)).Select(g => g.Last())];
            var all = Run([.. appeals, .. last], 7);
            var rule = new LinkRule(new AppealLinkOptions());
            foreach (Appeal appeal in all.Values.Where(a => a.Via is not null))
            {
                Appeal via = all[appeal.Via!.Value];
                Assert.Equal(via.Representative, appeal.Representative);
                if (appeal.ByHand) continue;
                Assert.True(via.IsLeader);
                Assert.Equal(rule.Find(via.Facts, appeal.Facts), appeal.Why);
            }

            foreach (Verdict verdict in last.Where(v => !v.IsSame && all.ContainsKey(v.First) && all.ContainsKey(v.Second)))
                Assert.NotEqual(all[verdict.First].Representative, all[verdict.Second].Representative);
        }, iter: 1_000);

    [Fact]
    public void Settle_EarlierAppealComesLate_BecomesTheFirstOfTheMatter()
    {
        AppealFacts first = Appeal("incident:1", 1, Matters[0]), second = Appeal("hotline_ticket:2", 2, Matters[0]), third = Appeal("sentiment:3", 3, Matters[1]);
        var all = Run([second, third, first], 1);
        Assert.All(all.Values, a => Assert.Equal(first.Key, a.Representative));
    }

    [Fact]
    public void Settle_EachLikeTheNextOnly_MakesNoChain()
    {
        // a is like b and b like c, by place: c is too far from a.
        AppealFacts a = Appeal("hotline_ticket:a", 1, "路灯不亮晚上走路很危险", 36.1900), b = Appeal("hotline_ticket:b", 2, "路灯不亮晚上走路很危险", 36.1930), c = Appeal("hotline_ticket:c", 3, "路灯不亮晚上走路很危险", 36.1960);
        var all = Run([a, b, c], 1);
        Assert.Equal(a.Key, all[b.Key].Representative);
        Assert.Equal(c.Key, all[c.Key].Representative);
    }

    [Fact]
    public void Settle_TenThousandIdenticalPosts_AreOneMatterAndEachIsComparedWithItsFirstAlone()
    {
        var engine = new LinkEngine(new LinkRule(new AppealLinkOptions()));
        for (int i = 0; i < 10_000; i++)
        {
            engine.Put(Appeal($"sentiment:{i:00000}", i / 500, Matters[0]));
            Assert.Single(engine.Settle()); // nothing that was settled is touched
        }

        Guid first = AppealFacts.KeyOf("sentiment:00000");
        Assert.Equal(first, engine.Find(AppealFacts.KeyOf("sentiment:09999"))!.Representative);
        Assert.Equal(first, engine.Find(AppealFacts.KeyOf("sentiment:00001"))!.Representative);
    }

    internal static AppealFacts Appeal(string id, int hour, string text, double? lat = null) => new()
    {
        Id = id,
        Measurement = id[..id.IndexOf(':', StringComparison.Ordinal)],
        Source = "test",
        TimeNs = hour * Hour,
        Series = 1,
        District = "140403",
        Category = "facility",
        Lat = lat,
        Lon = lat is null ? null : 113.11,
        Fingerprint = TextFingerprint.Find(text)!,
    };

    private static Verdict Of(int a, int b, bool isSame)
    {
        Guid[] keys = [AppealFacts.KeyOf($"hotline_ticket:{a}"), AppealFacts.KeyOf($"hotline_ticket:{b}")];
        Array.Sort(keys);
        return new Verdict(keys[0], keys[1], isSame);
    }

    private static Dictionary<Guid, Appeal> Run(object[] history, int step)
    {
        var engine = new LinkEngine(new LinkRule(new AppealLinkOptions()));
        HashSet<Guid> keys = [];
        foreach (object[] part in history.Chunk(step))
        {
            foreach (object one in part)
            {
                if (one is Verdict verdict) engine.Decide(verdict);
                else engine.Put((AppealFacts)one);
                if (one is AppealFacts facts) keys.Add(facts.Key);
            }

            engine.Settle();
        }

        return keys.ToDictionary(k => k, k => engine.Find(k)!);
    }

    private static string[] Links(Dictionary<Guid, Appeal> all) =>
        [.. all.Values.OrderBy(a => a.Facts.Id, StringComparer.Ordinal).Select(a => $"{a.Facts.Id} {a.Facts.TimeNs} {a.Representative} {a.Via} {a.ByHand} {a.Why}")];
}
