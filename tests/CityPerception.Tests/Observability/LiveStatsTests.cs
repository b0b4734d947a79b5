using System.Diagnostics.Metrics;
using System.Text;
using CityPerception.Core.Observations;
using CityPerception.Core.Schema;
using CityPerception.Observability;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace CityPerception.Tests.Observability;

public sealed class LiveStatsTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly IngestMetrics _metrics;
    private readonly LiveStats _live;

    public LiveStatsTests()
    {
        _metrics = new IngestMetrics(_services.GetRequiredService<IMeterFactory>());
        _live = new LiveStats(_metrics, new FakeTimeProvider());
    }

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Tick_AfterMessages_PutsThemIntoTheSecondThatEnded()
    {
        SourceMeter meter = _metrics.For("noise-meter", "mqtt");
        meter.Received(10, 1900, 1);
        _live.Tick();
        meter.Received(4, 760, 2);

        LiveSourceSnapshot source = Assert.Single(_live.Tick().Sources);

        Assert.Equal([0, 10, 4], source.ReceivedBySecond.TakeLast(3));
        Assert.Equal(60, source.ReceivedBySecond.Count);
        Assert.Equal(14 / 5.0, source.Rate);
        Assert.Equal(14, source.Received);
    }

    [Fact]
    public void Tick_MoreThanAMinute_ForgetsTheOldestSeconds()
    {
        _metrics.For("noise-meter", "mqtt").Received(7, 1, 1);
        for (int second = 0; second < 60; second++) _live.Tick();
        Assert.Equal(7, _live.Current.Sources[0].ReceivedBySecond[0]);

        LiveSourceSnapshot later = _live.Tick().Sources[0];
        Assert.Equal(0, later.ReceivedBySecond.Sum());
        Assert.Equal(7, later.Received);
    }

    [Fact]
    public void Tick_OneSourceOverTwoTransports_IsOneRow()
    {
        _metrics.For("noise-meter", "mqtt").Received(2, 1, 1);
        _metrics.For("noise-meter", "http").Received(3, 1, 5_000_000_000);

        LiveSourceSnapshot source = Assert.Single(_live.Tick().Sources);

        Assert.Equal(["http", "mqtt"], source.Transports);
        Assert.Equal(5, source.Received);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(5), source.LastReceived);
    }

    [Fact]
    public void Samples_OfAFlood_AreFewASecondAndTheNewestFive()
    {
        SourceMeter meter = _metrics.For("noise-meter", "mqtt");
        for (int second = 0; second < 4; second++)
        {
            for (int i = 0; i < 100; i++)
            {
                int at = second * 100 + i;
                meter.AcceptedObservations(1, Encoding.UTF8.GetBytes($"noise leq={at} 1\nnoise leq=0 2\n"), at);
                meter.Rejected(new Rejection(RejectionReason.OutOfRange, 0, "$", $"found {at}"), at);
            }

            _live.Tick();
        }

        LiveSourceSnapshot source = _live.Current.Sources[0];
        Assert.Equal([301, 300, 201, 200, 101], source.Observations.Select(o => o.Fields[0].Number!.Value));
        Assert.Equal(["found 301", "found 300", "found 201", "found 200", "found 101"], source.Rejections.Select(r => r.Detail));
        Assert.Equal((400, 400), (source.Accepted, source.Rejected));
    }

    [Fact]
    public void Sample_OfALine_IsTakenApart()
    {
        _metrics.For("grid-incident", "http").AcceptedObservations(1,
            "incident,category=a\\ b,district=140403 count=3i,night=true,text=\"<b>\\\"井盖\\\"</b>\" 1\n"u8, receivedNs: 1_000_000_000);

        LiveObservation observation = Assert.Single(_live.Tick().Sources[0].Observations);

        Assert.Equal("incident", observation.Measurement);
        Assert.Equal("a b", observation.Tags["category"]);
        Assert.Equal(
            [new LiveField("count", 3, null, null), new LiveField("night", null, true, null), new LiveField("text", null, null, "<b>\"井盖\"</b>")],
            observation.Fields);
    }

    [Fact]
    public void Names_OfASourceThatIsSilent_PutItOnThePage()
    {
        _live.Names = new LiveNames { Sources = [new SourceName("manhole", new BilingualName("智能井盖", "manhole cover"), Sense.Thing)] };

        LiveSourceSnapshot source = Assert.Single(_live.Tick().Sources);

        Assert.Equal(("智能井盖", "manhole cover", "thing"), (source.Zh, source.En, source.Sense));
        Assert.Null(source.LastReceived);
    }

    [Fact]
    public void Names_WithoutASourceThatSentNothing_TakeItOffThePage()
    {
        _live.Names = new LiveNames { Sources = [new SourceName("manhole", new BilingualName("智能井盖", "manhole cover"), Sense.Thing)] };
        _live.Tick();
        _live.Names = new LiveNames();
        Assert.Empty(_live.Tick().Sources);
    }
}
