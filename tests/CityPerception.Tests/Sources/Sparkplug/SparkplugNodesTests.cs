using System.Diagnostics.Metrics;
using System.Threading.Channels;
using CityPerception.Core.Decoding.Sparkplug;
using CityPerception.Sources.Mqtt.Sparkplug;
using CityPerception.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace CityPerception.Tests.Sources.Sparkplug;

/// <summary>How often nodes are asked, and how many are followed.</summary>
public sealed class SparkplugNodesTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeMilliseconds(EdgeNode.Time));
    private readonly SparkplugSender _sender = new(NullLogger<SparkplugSender>.Instance);
    private readonly Channel<string> _sent = Channel.CreateUnbounded<string>();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _sender.Add((message, _) =>
        {
            _sent.Writer.TryWrite(message.Topic);
            return Task.CompletedTask;
        });
        await _sender.StartAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _sender.StopAsync(CancellationToken.None);
        _sender.Dispose();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task Ask_ANodeThatDoesNotAnswer_IsOnceAnInterval()
    {
        SparkplugNodes nodes = Create();
        for (int i = 0; i < 20; i++) Data(nodes, "a", i);
        Data(nodes, "b", 0);
        _clock.Advance(TimeSpan.FromSeconds(4.9));
        Data(nodes, "a", 20);
        _clock.Advance(TimeSpan.FromSeconds(0.2));
        Data(nodes, "a", 21);

        Assert.Equal(["a", "b", "a"], [await SentAsync(), await SentAsync(), await SentAsync()]);
        Data(nodes, "c", 0); // nothing is before this one
        Assert.Equal("c", await SentAsync());
    }

    [Fact]
    public void Take_MoreNodesThanAreFollowed_LeavesThoseBeyondWithoutNames()
    {
        SparkplugNodes nodes = Create(maxNodes: 2);
        Birth(nodes, "a");
        Birth(nodes, "b");
        Assert.Null(Birth(nodes, "c"));
        Assert.Null(Data(nodes, "c", 1));
        Assert.NotNull(Data(nodes, "a", 1));

        Take(nodes, "NDEATH", "b", SparkplugPayloads.Write(0, null, SparkplugPayloads.BirthDeath(0)));
        Assert.NotNull(Birth(nodes, "c")); // in the place of the dead
        Assert.NotNull(Data(nodes, "a", 2));
        Assert.Null(nodes.Look("spBv1.0/g/NDATA/b"));
    }

    private static SparkplugContext? Birth(SparkplugNodes nodes, string node) => Take(nodes, "NBIRTH", node, SparkplugPayloads.Write(EdgeNode.Time, 0, SparkplugPayloads.BirthDeath(0)));

    private static SparkplugContext? Data(SparkplugNodes nodes, string node, int seq) => Take(nodes, "NDATA", node, SparkplugPayloads.Write(EdgeNode.Time, seq, new SparkplugMetric(null, 1f, 0, 5)));

    private static SparkplugContext? Take(SparkplugNodes nodes, string type, string node, byte[] payload) => nodes.Take(SparkplugTopic.Parse($"spBv1.0/g/{type}/{node}")!, payload, EdgeNode.Time * 1_000_000);

    private async Task<string> SentAsync() => (await _sent.Reader.ReadAsync(Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Ct)).Split('/')[^1];

    private SparkplugNodes Create(int maxNodes = 100) => new(
        Options.Create(new SparkplugOptions { MaxNodes = maxNodes }), _sender, new SparkplugMetrics(_services.GetRequiredService<IMeterFactory>()), _clock, NullLogger<SparkplugNodes>.Instance);
}
