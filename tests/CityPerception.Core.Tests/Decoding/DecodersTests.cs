using CityPerception.Core.Decoding;

namespace CityPerception.Core.Tests.Decoding;

public class DecodersTests
{
    [Fact]
    public void All_Names_AreWhatSourceFilesSay() =>
        Assert.Equal(["hj212", "json", "line-protocol", "senml", "senml-cbor", "sparkplug", "text"], Decoders.All.Values.Select(d => d.Name).Order());
}
