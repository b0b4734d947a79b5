using System.Text;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.TestKit;

namespace CityPerception.Core.Tests.Mapping;

public sealed class MappingAllocationTests
{
    [Theory]
    [InlineData("json/air-station-of-the-readme")]
    [InlineData("each/whole-array-with-index")]
    [InlineData("members/dynamic-keys-to-fields")]
    [InlineData("human/events-of-one-second-stay-apart")]
    public void Map_MessageThatIsTaken_AllocatesNothing(string folder)
    {
        string path = RepositoryFolder.Find("tests/CityPerception.Core.Tests/Cases/" + folder);
        CompiledSource source = ConfigText.Source(File.ReadAllText(Path.Combine(path, "source.yaml"))
            .Replace("concat('AQ-', @~ + 1)", "@~", StringComparison.Ordinal)
            .Replace("{ expr: \"concat($.id, '/', $.state)\" }", "$.id", StringComparison.Ordinal));
        byte[] payload = File.ReadAllBytes(Directory.GetFiles(path, "input.*").Single());
        byte[] topic = Encoding.UTF8.GetBytes("city/aq/AQ-00001/telemetry");
        var run = new MappingRun();
        void Map() => source.Map(new Message { Payload = payload, ReceivedNs = ConfigText.ReceivedNs, Topic = topic }, run);
        for (int i = 0; i < 100; i++) Map();

        Assert.Equal(0, Allocated.Bytes(() =>
        {
            for (int i = 0; i < 100; i++) Map();
        }));
        Assert.True(run.Lines.LineCount > 0);
    }
}
