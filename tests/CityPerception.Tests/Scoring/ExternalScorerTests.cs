using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;
using CityPerception.Storage.DeadLetters;
using CityPerception.Tests.Imports;
using CityPerception.Tests.Sources;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Scoring;

/// <summary>Texts that a scorer outside scores, whichever way they come.</summary>
public sealed class ExternalScorerTests(ScorerCityServer server) : IClassFixture<ScorerCityServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_PostsOfOneMessage_HaveTheScorersScoresAndItHasTheirTextsMasked()
    {
        string mark = NewMark(), lamp = "路灯坏了" + mark + "，电话13812345678";
        await PostAsync("/ingest/sentiment-post", Posts(mark, (lamp, null), ("很好" + mark, -0.5), ("噪音太大" + mark, null), ("不满意" + mark, null), (lamp, null)));

        Assert.Equal([ScorerEndpoint.Score, -0.5, ScorerEndpoint.Score, ScorerEndpoint.Score, ScorerEndpoint.Score], (await PostsAsync(mark)).Select(Score));
        // One question for every two texts, each once, and none of a post with a score of its own.
        (string[] Texts, string Authorization)[] asked = AskedAbout(mark);
        Assert.Equal([["路灯坏了" + mark + "，电话138****5678", "噪音太大" + mark], ["不满意" + mark]], asked.Select(a => a.Texts));
        Assert.All(asked, a => Assert.Equal("Bearer " + ScorerCityServer.Token, a.Authorization));
    }

    [Fact]
    public async Task Post_TheSameSoonAfter_HasTheSameScoreWithoutAsking()
    {
        string mark = NewMark(), message = Posts(mark, ("路灯坏了" + mark, null));
        for (int i = 0; i < 3; i++) await PostAsync("/ingest/sentiment-post", message);

        Assert.Equal(ScorerEndpoint.Score, Score(Assert.Single(await PostsAsync(mark))));
        Assert.Single(AskedAbout(mark));
        Assert.True(await MetricsPage.SumAsync(server.Http, "cityperception_scorer_texts_total", "by=\"cache\"") >= 2);
    }

    [Fact]
    public async Task Publish_PlainMessagesOneBehindTheOther_HaveTheScorersScores()
    {
        string mark = NewMark();
        await using RawMqtt raw = await RawMqtt.ConnectAsync(server.MqttPort, RawMqtt.V5);
        // In one write, as the lane takes them, with an air station's between: all are acknowledged in their order.
        string device = Air.NewDevice();
        byte[] packets =
        [
            .. RawMqtt.Publish(RawMqtt.V5, ScorerCityServer.Topic, 1, Posts(mark + "a", ("很好" + mark, null))),
            .. RawMqtt.Publish(RawMqtt.V5, Air.Topic(device), 2, Air.Message(device)),
            .. RawMqtt.Publish(RawMqtt.V5, ScorerCityServer.Topic, 3, Posts(mark + "b", ("不好" + mark, null))),
        ];
        await raw.SendAsync(packets);

        for (int id = 1; id <= 3; id++) Assert.Equal(id, await raw.ReadPubAckAsync());
        foreach (string post in (string[])[mark + "a", mark + "b"]) Assert.Equal(ScorerEndpoint.Score, Score(Assert.Single(await PostsAsync(post))));
        Assert.Single(await server.PointsOfAsync(device));
        Assert.Equal([["很好" + mark], ["不好" + mark]], AskedAbout(mark).Select(a => a.Texts));
    }

    [Fact]
    public async Task Import_Rows_HaveTheScorersScores()
    {
        string mark = NewMark();
        string csv = ImportSamples.Header + string.Concat(Enumerable.Range(0, 3).Select(i => $"{mark}{i},2026-03-01 08:00:0{i},投诉,噪声扰民,夜里很吵{mark}{i},潞州区\n"));
        await PostAsync("/api/imports/hotline-export", csv, "text/csv", HttpStatusCode.OK);

        for (int i = 0; i < 3; i++)
            Assert.Equal(ScorerEndpoint.Score, Score(Assert.Single(await server.PointsAsync("hotline_ticket", new Filter.Text("case_id", mark + i)))));
        Assert.Equal(3, AskedAbout(mark).Length);
    }

    [Fact]
    public async Task Replay_LetterOfAPost_HasTheScorersScore()
    {
        string mark = NewMark(), message = Posts(mark, ("很好" + mark, null));
        DeadLetter letter = DeadLetter.Create(
            DeadLetterKind.Message, "sentiment-post", "http", "/ingest/sentiment-post", TimeProvider.System.GetUtcNow(), [new Rejection(RejectionReason.LookupMissing, 0, "$.place", "no such key")], Encoding.UTF8.GetBytes(message));
        await server.KeepAsync(letter);

        await PostAsync("/api/deadletters/replay", $$"""{"ids":["{{letter.Id}}"]}""", status: HttpStatusCode.OK);

        Assert.Equal(ScorerEndpoint.Score, Score(Assert.Single(await PostsAsync(mark))));
        Assert.Single(AskedAbout(mark));
    }

    [Fact]
    public async Task Post_OfAnOrdinarySource_IsNotAskedAbout()
    {
        int before = server.Scorer.Asked.Count;
        string device = Air.NewDevice();
        await PostAsync("/ingest/air-station", Air.Message(device));
        await using MqttPeer peer = await MqttPeer.ConnectAsync(server);
        Assert.True((await peer.PublishAsync(Air.Topic(device), Air.Message(device, Air.TimeMs + 1))).IsSuccess);

        Assert.Equal(2, (await server.PointsOfAsync(device)).Count);
        Assert.Equal(before, server.Scorer.Asked.Count);
    }

    private (string[] Texts, string Authorization)[] AskedAbout(string mark) => [.. server.Scorer.Asked.Where(a => a.Texts.Any(t => t.Contains(mark, StringComparison.Ordinal)))];

    private async Task<IReadOnlyList<Point>> PostsAsync(string mark) => [.. (await server.PointsAsync("sentiment", new Filter.Text("topic_id", mark))).OrderBy(p => p.TimeNs)];

    private async Task PostAsync(string path, string body, string type = "application/json", HttpStatusCode status = HttpStatusCode.Accepted)
    {
        using HttpResponseMessage answer = await server.Http.PostAsync(path, new StringContent(body, Encoding.UTF8, type), Ct);
        Assert.True(answer.StatusCode == status, $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync(Ct)}");
    }

    /// <summary>A monitor's message; each post has a text and maybe a score of its own.</summary>
    internal static string Posts(string mark, params (string Text, double? Score)[] posts)
    {
        double at = TimeProvider.System.GetUtcNow().AddHours(-1).ToUnixTimeSeconds();
        return new JsonArray([.. posts.Select((p, i) => new JsonObject
        {
            ["id"] = $"{mark}-{i}",
            ["at"] = at + i,
            ["place"] = "潞州区",
            ["field"] = "其他",
            ["topic"] = new JsonObject { ["id"] = mark, ["name"] = "试" },
            ["text"] = p.Text,
            ["score"] = p.Score,
        })]).ToJsonString();
    }

    private static double Score(Point point) => Convert.ToDouble(point.Fields["score"], null);

    // Letters alone: digits might look like somebody's number, and be masked.
    internal static string NewMark() => string.Concat(Guid.NewGuid().ToString("N").Select(c => char.IsAsciiDigit(c) ? (char)(c - '0' + 'g') : c));
}
