using CityPerception.Core.Mapping;
using CityPerception.Sources.Mqtt;
using CityPerception.Sources.Mqtt.Access;
using CsCheck;

namespace CityPerception.Tests.Sources.Access;

/// <summary>The rule of a device's topics, over made-up filters and topics.</summary>
public sealed class OwnTopicsTests
{
    private static readonly string[] Levels = ["AQ-1", "AQ-10", "XAQ-1", "aq-1", "GW", "noise", "city", "", "$share", "g"];

    private static readonly Gen<string> Topic = Gen.OneOf(Levels).Array[1, 4].Select(l => string.Join('/', l));

    private static readonly Gen<string> Filter = Gen.Select(
        Gen.OneOf("", "", "", "$share/g/"), Gen.OneOf([.. Levels, "+", "+"]).Array[1, 4], Gen.OneOf("", "", "/#"), (share, levels, end) => share + string.Join('/', levels) + end);

    [Theory]
    [InlineData("AQ-1")]
    [InlineData("GW/noise")]
    public void MaySubscribe_AnyFilter_NeverReachesATopicThatIsNotItsOwn(string device)
    {
        var own = new OwnTopics(device);
        int granted = 0;
        Gen.Select(Filter, Topic.Array[50]).Sample((filter, topics) =>
        {
            if (!own.MaySubscribe(filter)) return;
            Interlocked.Increment(ref granted);
            Assert.All(topics.Where(t => TopicFilter.Matches(Subscriptions.Plain(filter), t)), t => Assert.True(IsOwn(t, device), $"{filter} reaches {t}"));
        }, iter: 20_000);
        Assert.True(granted > 100, $"{granted} granted"); // else it shows nothing
    }

    [Theory]
    [InlineData("AQ-1")]
    [InlineData("GW/noise")]
    public void MaySubscribe_ToATopic_IsWhatMayBePublishedThere(string device)
    {
        var own = new OwnTopics(device);
        Topic.Where(t => !t.StartsWith("$share/", StringComparison.Ordinal)).Sample(topic =>
        {
            Assert.Equal(IsOwn(topic, device), own.Holds(topic));
            Assert.Equal(own.Holds(topic), own.MaySubscribe(topic));
        }, iter: 20_000);
    }

    private static bool IsOwn(string topic, string device) => $"/{topic}/".Contains($"/{device}/", StringComparison.Ordinal);
}
