using CityPerception.Core.Channels;

namespace CityPerception.Core.Tests.Channels;

/// <summary>When a value computed again is another one.</summary>
public sealed class ChannelViewTests
{
    private static readonly ChannelView Shown = new()
    {
        Kpi = "noise_leq",
        Window = ViewWindow.Minute,
        Start = new DateTimeOffset(2026, 11, 29, 11, 32, 0, TimeSpan.Zero),
        Key = new ViewKey("140400"),
        Value = 55.44177683595698,
        Num = 0.1 + 0.2,
        Den = 40,
        Samples = 40,
        Coverage = 0.95,
        OwnLevel = Level.Green,
        Level = Level.Green,
    };

    [Fact]
    public void SaysSame_AddedUpInAnotherOrder_IsTrue() =>
        Assert.True((Shown with { Value = Math.BitIncrement(Math.BitIncrement(Shown.Value)), Num = 0.3, Revision = 1, ComputedAt = Shown.Start.AddHours(1) }).SaysSame(Shown));

    [Fact]
    public void SaysSame_AnythingThatIsShownDiffers_IsFalse()
    {
        ChannelView[] others =
        [
            Shown with { Value = 55.4417769 }, Shown with { Num = 0.3001 }, Shown with { Num = null }, Shown with { Coverage = 0.9 }, Shown with { Samples = 41 },
            Shown with { Level = Level.Yellow }, Shown with { Void = true }, Shown with { Text = "PM10" }, Shown with { Value = double.NaN },
        ];
        Assert.All(others, other => Assert.False(other.SaysSame(Shown)));
        Assert.False((Shown with { Value = 1e-300 }).SaysSame(Shown with { Value = 0 }));
    }
}
