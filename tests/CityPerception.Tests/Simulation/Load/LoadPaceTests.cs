using CityPerception.Simulation.Load;
using Microsoft.Extensions.Time.Testing;

namespace CityPerception.Tests.Simulation.Load;

public sealed class LoadPaceTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void DueAt_FixedRate_StandsFromTheBeginningHoweverLateItIs()
    {
        LoadPace pace = Pace(rate: 100, connection: 3);
        pace.Start();
        long start = _clock.GetTimestamp();
        _clock.Advance(TimeSpan.FromMinutes(1)); // a server that took nothing for a minute

        // 4 connections of 25 messages a second each, 10 ms apart.
        Assert.Equal(TimeSpan.FromMilliseconds(30), _clock.GetElapsedTime(start, pace.DueAt(0)));
        Assert.Equal(TimeSpan.FromMilliseconds(30 + 40 * 7), _clock.GetElapsedTime(start, pace.DueAt(7)));
        Assert.Equal(TimeSpan.Zero, pace.Until(pace.DueAt(7)));
    }

    [Fact]
    public void Acknowledged_MessageThatLeftLate_IsAsLateAsItsTime()
    {
        LoadPace pace = Pace(rate: 4, connection: 0);
        var meter = new LoadMeter(_clock);
        pace.Start();
        _clock.Advance(TimeSpan.FromSeconds(5));
        meter.Acknowledged(pace.DueAt(0));
        meter.Acknowledged(pace.DueAt(4));

        LoadLatency latency = meter.Latency;
        Assert.Equal(5000, latency.Max, 5000 * 0.001);
        Assert.Equal(1000, latency.P50, 1000 * 0.001);
    }

    [Fact]
    public void DueAt_NoRate_IsNow()
    {
        LoadPace pace = Pace(rate: 0, connection: 3);
        pace.Start();
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(_clock.GetTimestamp(), pace.DueAt(1000));
    }

    private LoadPace Pace(double rate, int connection)
    {
        Assert.True(LoadTarget.TryParse("mqtt://127.0.0.1", out LoadTarget? target));
        return new LoadPace(new LoadOptions { Targets = [target], Devices = 4, Connections = 4, Rate = rate }, connection, _clock);
    }
}
