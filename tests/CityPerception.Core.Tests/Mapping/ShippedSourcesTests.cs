using System.Text;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Core.Tests.Configuration;

namespace CityPerception.Core.Tests.Mapping;

/// <summary>What is shipped works: every source compiles, and the sample beside it becomes observations.</summary>
public sealed class ShippedSourcesTests
{
    private static readonly string Folder = ShippedFiles.Folder;

    public static TheoryData<string> Sources => [.. Directory.GetFiles(Path.Combine(Folder, "sources"), "*.yaml").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Sources))]
    public void Sample_OfAShippedSource_IsTakenWhole(string name)
    {
        CompiledSource source = ShippedFiles.Plan.Sources[name];
        byte[] sample = File.ReadAllBytes(Assert.Single(Directory.GetFiles(Path.Combine(Folder, "samples"), name + ".*")));
        var run = new MappingRun();

        source.Map(
            new Message
            {
                Payload = sample,
                ReceivedNs = new DateTimeOffset(2026, 11, 24, 4, 0, 0, TimeSpan.Zero).ToUnixNs(),
                Topic = source.Topics.Count == 0 ? [] : Encoding.UTF8.GetBytes(source.Topics[0].Replace("+", "NM-00001", StringComparison.Ordinal)),
            },
            run);

        Assert.Empty(run.Rejections);
        Assert.True(run.Lines.LineCount > 0, "nothing came of it");
    }

    [Theory]
    [InlineData("zigbee2mqtt/lobby-th", "zigbee2mqtt")]
    [InlineData("zigbee2mqtt/lobby-th/availability", "zigbee2mqtt-availability")]
    [InlineData("zigbee2mqtt/hall/socket/availability", "zigbee2mqtt-availability")]
    [InlineData("zigbee2mqtt/hall/floor-2/socket/availability", "zigbee2mqtt-availability")]
    [InlineData("tele/meter-12/SENSOR", "tasmota")]
    [InlineData("tele/meter-12/LWT", "tasmota-status")]
    [InlineData("shellyplus1pm-a8032ab12345/online", "shelly-status")]
    public void SourcesOf_TopicOfADevice_IsTheOneThatReadsIt(string topic, string source) =>
        Assert.Equal(source, Assert.Single(ShippedFiles.Plan.SourcesOf(topic)).Name);

    [Fact]
    public void AirStation_MessageOfItsDocumentation_IsOnePointWithItsFields()
    {
        var run = new MappingRun();
        ShippedFiles.Plan.Sources["air-station"].Map(
            new Message
            {
                Payload = """{"deviceId":"AQ-00001","ts":1700000000000,"seq":1,"data":{"pm25":35.1,"pm10":70.2,"no2":21.0,"temp":8.5},"battery":3.61,"fw":"2.4.1"}"""u8,
                ReceivedNs = new DateTimeOffset(2026, 11, 24, 4, 0, 0, TimeSpan.Zero).ToUnixNs(),
            },
            run);

        string line = Encoding.UTF8.GetString(run.Lines.Written);
        Assert.StartsWith("air_quality,category=", line, StringComparison.Ordinal);
        Assert.EndsWith(" battery=93.84615384615384,no2=21.0,pm10=70.2,pm25=35.1,temperature=8.5 1700000000000000000\n", line, StringComparison.Ordinal);
        Assert.Equal(1, run.Lines.LineCount);
    }
}
