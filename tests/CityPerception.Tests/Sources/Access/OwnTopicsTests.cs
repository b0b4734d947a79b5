using CityPerception.Core.Mapping;
using CityPerception.Sources.Mqtt;
using CityPerception.Sources.Mqtt.Access;

namespace CityPerception.Tests.Sources.Access;

public sealed class OwnTopicsTests
{
    private static readonly string[] Levels = ["AQ-1", "AQ-10", "XAQ-1", "aq-1", "GW", "noise", "city", "", "$share", "g"];

    [Theory]
    [InlineData("AQ-1")]
    [InlineData("GW/noise")]
    public void MaySubscribe_AnyFilter_NeverReachesATopicThatIsNotItsOwn(string device)
    {
        var own = new OwnTopics(device);
        var random = new Random(7);
        string[] topics = [.. Enumerable.Range(0, 1_000).Select(_ => Make(Levels))];
        int granted = 0;
        for (int i = 0; i < 4_000; i++)
        {
            string filter = (i % 4 == 0 ? "$share/g/" : "") + Make([.. Levels, "+", "+", "#"]);
            if (!own.MaySubscribe(filter)) continue;
            granted++;
            Assert.All(topics.Where(t => TopicFilter.Matches(Subscriptions.Plain(filter), t)), t => Assert.True(IsOwn(t), $"{filter} reaches {t}"));
        }

        Assert.True(granted > 20, $"{granted} granted"); // else it shows nothing
        Assert.All(topics, t => Assert.Equal(IsOwn(t), own.Holds(t)));

        string Make(string[] of) => string.Join('/', Enumerable.Range(0, random.Next(1, 5)).Select(_ => of[random.Next(of.Length)]));

        bool IsOwn(string topic) => $"/{topic}/".Contains($"/{device}/", StringComparison.Ordinal);
    }
}
