using CityPerception.Core.Observations;
using CityPerception.Observability;
using CityPerception.TestKit;
using CityPerception.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace CityPerception.Tests.Observability;

public sealed class IngestMetricsTests
{
    [Fact]
    public async Task Metrics_AfterMessages_ShowEachCounterBySource()
    {
        await using TestServer server = await TestServer.StartAsync();
        // A source of its own: the meters of other tests' servers in this process are seen too.
        SourceMeter meter = server.Services.GetRequiredService<IngestMetrics>().For("counted-station", "mqtt");
        meter.Received(3, 570, receivedNs: 1);
        meter.AcknowledgedMessages(2);
        meter.AcceptedObservations(4, [], receivedNs: 1);
        meter.FilteredElements(5);
        meter.Rejected(new Rejection(RejectionReason.OutOfRange, 0, "$.pm25", "found -999"), receivedNs: 1);
        meter.Durable(TimeSpan.FromMilliseconds(3));

        string metrics = await server.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

        Assert.Equal("3", Value(metrics, "cityperception_ingest_messages_total"));
        Assert.Equal("570", Value(metrics, "cityperception_ingest_size_bytes_total"));
        Assert.Equal("2", Value(metrics, "cityperception_ingest_acknowledged_total"));
        Assert.Equal("4", Value(metrics, "cityperception_ingest_observations_total"));
        Assert.Equal("5", Value(metrics, "cityperception_ingest_filtered_total"));
        Assert.Equal("1", Value(metrics, "cityperception_ingest_rejected_total", "error_type=\"out_of_range\""));
        Assert.Equal("1", Value(metrics, "cityperception_ingest_durable_duration_seconds_count"));
        Assert.Contains("dotnet_gc_collections_total", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public void ReasonNames_OfEachReason_AreSnakeCaseAndDistinct()
    {
        Assert.Equal("time_in_future", IngestMetrics.ReasonNames[RejectionReason.TimeInFuture]);
        Assert.Equal(Enum.GetValues<RejectionReason>().Length, IngestMetrics.ReasonNames.Values.Distinct().Count());
    }

    [Fact]
    public async Task Meter_OnTheHotPath_AllocatesNothing()
    {
        await using TestServer server = await TestServer.StartAsync();
        SourceMeter meter = server.Services.GetRequiredService<IngestMetrics>().For("air-station", "mqtt");
        void Message()
        {
            meter.Received(1, 190, 1);
            meter.AcceptedObservations(1, "noise leq=1 1\n"u8, 1);
            meter.AcknowledgedMessages(1);
            meter.Durable(TimeSpan.FromMilliseconds(2));
        }

        for (int i = 0; i < 100; i++) Message(); // this second's samples are taken
        long allocated = Allocated.Bytes(() =>
        {
            for (int i = 0; i < 1000; i++) Message();
        });
        // The sampler's tick may allow two samples more.
        Assert.InRange(allocated, 0, 500);
    }

    private static string? Value(string metrics, string name, string label = "") => metrics.Split('\n')
        .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) && line.Contains("source=\"counted-station\"", StringComparison.Ordinal) && line.Contains(label, StringComparison.Ordinal))
        .Select(line => line.Split(' ')[^1])
        .SingleOrDefault();
}
