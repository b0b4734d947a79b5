using System.Text;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;

namespace CityPerception.Core.Tests.Mapping;

/// <summary>A source keeps the tags that it has written for a device. Nobody may notice but by the clock.</summary>
public sealed class SeriesTests
{
    private const string Fields = """

          time: $.ts
          fields: { pm25: $.pm25 }
        """;

    [Fact]
    public void Map_DeviceWhoseTagsFollowFromItsName_HasThemEveryTime()
    {
        CompiledSource source = Source("{ device: $.id, district: { path: $.id, map: { 'A 1': '140403' }, else: '140400' }, category: { const: ambient } }");

        string[] lines = [.. new[] { "A 1", "B,2", "A 1", "B,2", "A 1" }.Select(id => ConfigText.Map(source, $$"""{"id":"{{id}}","ts":1700000000,"pm25":1}"""))];

        Assert.Equal("air_quality,category=ambient,device=A\\ 1,district=140403,sense=thing,source=s pm25=1 1700000000000000000\n", lines[0]);
        Assert.Equal("air_quality,category=ambient,device=B\\,2,district=140400,sense=thing,source=s pm25=1 1700000000000000000\n", lines[1]);
        Assert.Equal([lines[0], lines[1], lines[0]], lines[2..]);
    }

    [Fact]
    public void Map_TagOfAnotherValue_IsReadEachTime()
    {
        CompiledSource source = Source("{ device: $.id, category: $.kind }");

        string first = ConfigText.Map(source, """{"id":"A","kind":"ambient","ts":1700000000,"pm25":1}""");
        string second = ConfigText.Map(source, """{"id":"A","kind":"roadside","ts":1700000000,"pm25":1}""");

        Assert.Contains("category=ambient", first, StringComparison.Ordinal);
        Assert.Contains("category=roadside", second, StringComparison.Ordinal);
    }

    [Fact]
    public void Map_TagOfTheTopic_IsReadEachTime()
    {
        CompiledSource source = Source("{ device: $.id, grid: { topic: 2 } }");

        string[] lines = [.. new[] { "city/g1", "city/g2" }.Select(topic =>
        {
            var run = new MappingRun();
            source.Map(new Message { Payload = """{"id":"A","ts":1700000000,"pm25":1}"""u8, Topic = Encoding.UTF8.GetBytes(topic), ReceivedNs = ConfigText.ReceivedNs }, run);
            return Encoding.UTF8.GetString(run.Lines.Written);
        })];

        Assert.Contains("grid=g1", lines[0], StringComparison.Ordinal);
        Assert.Contains("grid=g2", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Map_DeviceThatIsRefused_IsRefusedEveryTime()
    {
        CompiledSource source = Source("{ device: { path: $.id, pattern: '^A' } }");

        string[] answers = [.. Enumerable.Range(0, 3).Select(_ => ConfigText.Map(source, """{"id":"B","ts":1700000000,"pm25":1}"""))];

        Assert.All(answers, a => Assert.Equal("TagValueInvalid $.id\n", a));
    }

    [Fact]
    public void Map_NumberAndTextOfTheSameDigits_AreWhatTheyAre()
    {
        CompiledSource source = Source("{ device: { path: $.id, missing: [7] } }");

        Assert.Equal("ValueMissing $.id\n", ConfigText.Map(source, """{"id":7,"ts":1700000000,"pm25":1}"""));
        Assert.StartsWith("air_quality,device=8,", ConfigText.Map(source, """{"id":"8","ts":1700000000,"pm25":1}"""), StringComparison.Ordinal);
        Assert.StartsWith("air_quality,device=8,", ConfigText.Map(source, """{"id":8,"ts":1700000000,"pm25":1}"""), StringComparison.Ordinal);
    }

    private static CompiledSource Source(string tags) => ConfigText.Source($"""
        source: s
        sense: thing
        decode: json
        observation:
          measurement: air_quality
          tags: {tags}{Fields}
        """);
}
