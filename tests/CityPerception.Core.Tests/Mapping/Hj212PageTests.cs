using System.Text;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Core.Tests.Configuration;
using CityPerception.TestKit;

namespace CityPerception.Core.Tests.Mapping;

/// <summary>docs/connect/hj212.md shows what is so, and the shipped source costs no memory a frame.</summary>
public sealed class Hj212PageTests
{
    private static readonly long ReceivedNs = new DateTimeOffset(2026, 11, 24, 4, 0, 0, TimeSpan.Zero).ToUnixNs();

    private readonly MappingRun _run = new();

    [Fact]
    public void Page_FrameThatItShows_BecomesThePointThatItShows()
    {
        string[] examples = [.. File.ReadLines(RepositoryFolder.Find("docs/connect") + "/hj212.md").Where(l => l.StartsWith("    ", StringComparison.Ordinal)).Select(l => l[4..])];
        string frame = Assert.Single(examples, e => e.StartsWith("##", StringComparison.Ordinal));
        string point = Assert.Single(examples, e => e.StartsWith("air_quality,", StringComparison.Ordinal));
        Assert.StartsWith(frame, ShippedFiles.Read("samples/hj212-realtime.txt"), StringComparison.Ordinal);

        Map(Source("hj212-realtime"), Encoding.UTF8.GetBytes(frame));
        Assert.Equal(point + "\n", Encoding.UTF8.GetString(_run.Lines.Written));
    }

    [Theory]
    [InlineData("realtime")]
    [InlineData("hour")]
    public void Map_SampleFrames_AllocatesNothing(string period)
    {
        CompiledSource source = Source("hj212-" + period);
        byte[] frames = Encoding.UTF8.GetBytes(ShippedFiles.Read($"samples/hj212-{period}.txt"));
        for (int i = 0; i < 100; i++) Map(source, frames);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) Map(source, frames);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(_run.Lines.LineCount > 0);
    }

    private void Map(CompiledSource source, byte[] payload) => source.Map(new Message { Payload = payload, ReceivedNs = ReceivedNs }, _run);

    private static CompiledSource Source(string name) => ShippedFiles.Plan.Sources[name];
}
