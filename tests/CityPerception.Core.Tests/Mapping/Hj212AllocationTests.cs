using System.Text;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Core.Tests.Configuration;
using CityPerception.TestKit;

namespace CityPerception.Core.Tests.Mapping;

/// <summary>The shipped sources cost no memory a frame.</summary>
public sealed class Hj212AllocationTests
{
    private static readonly long ReceivedNs = new DateTimeOffset(2026, 11, 24, 4, 0, 0, TimeSpan.Zero).ToUnixNs();

    private readonly MappingRun _run = new();

    [Theory]
    [InlineData("realtime")]
    [InlineData("hour")]
    public void Map_SampleFrames_AllocatesNothing(string period)
    {
        CompiledSource source = Source("hj212-" + period);
        byte[] frames = Encoding.UTF8.GetBytes(ShippedFiles.Read($"samples/hj212-{period}.txt"));
        for (int i = 0; i < 100; i++) Map(source, frames);

        Assert.Equal(0, Allocated.Bytes(() =>
        {
            for (int i = 0; i < 100; i++) Map(source, frames);
        }));
        Assert.True(_run.Lines.LineCount > 0);
    }

    private void Map(CompiledSource source, byte[] payload) => source.Map(new Message { Payload = payload, ReceivedNs = ReceivedNs }, _run);

    private static CompiledSource Source(string name) => ShippedFiles.Plan.Sources[name];
}
