using CityPerception.Core.Mapping;

namespace CityPerception.Core.Tests.Mapping;

public sealed class TopicFilterTests
{
    [Theory]
    [InlineData("city/aq/+/telemetry", "city/aq/AQ-1/telemetry", true)]
    [InlineData("city/aq/+/telemetry", "city/aq/AQ-1/x/telemetry", false)]
    [InlineData("city/aq/+/telemetry", "city/aq//telemetry", true)]
    [InlineData("city/#", "city", true)]
    [InlineData("city/#", "city/a/b", true)]
    [InlineData("city/#", "cityx/a", false)]
    [InlineData("#", "a/b", true)]
    [InlineData("#", "$SYS/x", false)]
    [InlineData("+/x", "$SYS/x", false)]
    [InlineData("$SYS/#", "$SYS/x", true)]
    [InlineData("a/+", "a", false)]
    [InlineData("a", "a/", false)]
    public void Matches_FilterAndTopic_AsInMqtt(string filter, string topic, bool matches) =>
        Assert.Equal(matches, TopicFilter.Matches(filter, topic));

    [Theory]
    [InlineData("a/#", true)]
    [InlineData("a/#/b", false)]
    [InlineData("a/b#", false)]
    [InlineData("a/+b", false)]
    [InlineData("", false)]
    public void IsValid_Filter_AsInMqtt(string filter, bool valid) => Assert.Equal(valid, TopicFilter.IsValid(filter));
}
