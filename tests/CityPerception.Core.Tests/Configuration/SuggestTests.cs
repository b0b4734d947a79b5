using CityPerception.Core.Configuration;

namespace CityPerception.Core.Tests.Configuration;

public class SuggestTests
{
    [Theory]
    [InlineData("tempreature", "temperature")]
    [InlineData("Temperature", "temperature")]
    [InlineData("unixms", "unix-ms")]
    [InlineData("unix_ms", "unix-ms")]
    [InlineData("humid", null)]
    [InlineData("humidty", "humidity")]
    [InlineData("x", null)]
    [InlineData("", null)]
    public void Closest_OfKnownNames_IsWhatWasMeantOrNothing(string found, string? expected) =>
        Assert.Equal(expected, Suggest.Closest(found, ["temperature", "humidity", "unix-ms", "unix-s", "y"]));

    [Fact]
    public void Closest_OfAVeryLongText_IsNothing() => Assert.Null(Suggest.Closest(new string('a', 1_000_000), ["a", new string('a', 50)]));
}
