using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using CityPerception.Core.Observations;
using CityPerception.Observability;
using CityPerception.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace CityPerception.Tests.Screens;

public sealed class LiveFeedTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Live_Followed_SendsNamesThenSnapshotsThatSeeNewMessages()
    {
        await using TestServer server = await TestServer.StartAsync();
        await using Stream stream = await server.Client.GetStreamAsync("/api/live", Ct);
        await using IAsyncEnumerator<SseItem<string>> events = SseParser.Create(stream).EnumerateAsync(Ct).GetAsyncEnumerator(Ct);

        Assert.True(await events.MoveNextAsync());
        Assert.Equal("names", events.Current.EventType);

        server.Services.GetRequiredService<IngestMetrics>().For("air-station", "mqtt").Received(3, 570, TimeProvider.System.UnixNs());
        while (await events.MoveNextAsync())
        {
            Assert.Equal("snapshot", events.Current.EventType);
            using JsonDocument snapshot = JsonDocument.Parse(events.Current.Data);
            JsonElement[] sources = [.. snapshot.RootElement.GetProperty("sources").EnumerateArray()];
            if (sources.Length == 0) continue;
            Assert.Equal("air-station", sources[0].GetProperty("name").GetString());
            Assert.Equal(3, sources[0].GetProperty("received").GetInt64());
            break;
        }
    }

    [Fact]
    public async Task Live_NewNames_AreSentToThoseWhoFollow()
    {
        await using TestServer server = await TestServer.StartAsync();
        await using Stream stream = await server.Client.GetStreamAsync("/api/live", Ct);
        await using IAsyncEnumerator<SseItem<string>> events = SseParser.Create(stream).EnumerateAsync(Ct).GetAsyncEnumerator(Ct);
        Assert.True(await events.MoveNextAsync());

        var live = server.Services.GetRequiredService<LiveStats>();
        live.Names = live.Names with { Districts = live.Names.Districts.Add("140403", new BilingualName("潞州区", "Luzhou")) };

        while (await events.MoveNextAsync() && events.Current.EventType != "names") { }
        Assert.Contains("140403", events.Current.Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Live_MoreThanAllowed_AreAskedToComeBackAndAPlaceComesFree()
    {
        await using TestServer server = await TestServer.StartAsync(("Http:MaxViewers", "1"));
        using (HttpResponseMessage first = await server.Client.GetAsync("/api/live", HttpCompletionOption.ResponseHeadersRead, Ct))
        {
            using HttpResponseMessage second = await server.Client.GetAsync("/api/live", HttpCompletionOption.ResponseHeadersRead, Ct);
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, second.StatusCode);
            Assert.Equal("30", Assert.Single(second.Headers.GetValues("Retry-After")));
        }

        // The server notices a closed connection at its next write, a second later at most.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            using HttpResponseMessage third = await server.Client.GetAsync("/api/live", HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (third.StatusCode is HttpStatusCode.OK) break;
        }
    }
}
