using System.Text.RegularExpressions;
using CityPerception.TestKit;
using CityPerception.Tests.Cli;
using CityPerception.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace CityPerception.Tests.Scoring;

/// <summary>A scorer that fails: texts have the lexicon's score, nobody is held for long, and it is said.</summary>
public sealed class ScorerOutageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Outage_FromItsBeginningToItsEnd_IsToldOnceAndCostsNoMessage()
    {
        await using ScorerEndpoint scorer = await ScorerEndpoint.StartAsync();
        Func<string[], Task<IResult>> sound = scorer.Answer;
        scorer.Answer = _ => Task.FromResult(Results.Text("out of memory", statusCode: StatusCodes.Status503ServiceUnavailable));
        using var data = new TempFolder();
        await using Server server = await Server.StartAsync(data.Path, set: [$"Scorer:Url={scorer.Url}", "Scorer:Timeout=00:00:30", "Scorer:BreakDuration=00:00:01"]);
        Assert.Equal("healthy", (await server.ReadyAsync("scorer")).Status);

        // It keeps failing until it is not asked any more.
        await Until.TrueAsync("the scorer is left alone", async () =>
        {
            for (int i = 0; i < 6; i++) await PostAsync(server);
            return await TextsAsync(server, "lexicon", "left_alone") > 0;
        }, Ct);
        Assert.True(await TextsAsync(server, "lexicon", "status") >= 5);
        Assert.Equal(scorer.Asked.Count, await TextsAsync(server, "lexicon", "status"));
        Assert.Equal(0, await TextsAsync(server, "scorer"));
        Assert.Equal(("degraded", "the lexicon scores texts: it answers 503"), await server.ReadyAsync("scorer"));

        // It is asked again after a while, and is back.
        scorer.Answer = sound;
        await Until.TrueAsync("the scorer scores", async () =>
        {
            await PostAsync(server);
            return await TextsAsync(server, "scorer") > 0 && (await server.ReadyAsync("scorer")).Status == "healthy";
        }, Ct);
        Assert.Single(Regex.Matches(server.Printed, "gives no scores"));
        Assert.Single(Regex.Matches(server.Printed, "The scorer at [^ ]+ is back"));
        Assert.DoesNotContain("很脏", server.Printed, StringComparison.Ordinal);

        await server.WaitUntilDrainedAsync();
        double texts = await TextsAsync(server, "lexicon") + await TextsAsync(server, "scorer");
        await server.StopAsync();
        double[] scores = [.. (await Kept.PointsAsync(data.Path, "sentiment", "score")).Select(p => p.Value)];
        Assert.Equal(texts, scores.Length);
        Assert.All(scores, s => Assert.True(s is ScorerEndpoint.Score or < 0, $"{s}")); // the scorer's, or the lexicon's of a bad word
    }

    [Fact]
    public async Task Message_RedeliveredAfterAnOutage_KeepsItsPointAndGetsTheScorersScore()
    {
        await using ScorerEndpoint scorer = await ScorerEndpoint.StartAsync();
        Func<string[], Task<IResult>> sound = scorer.Answer;
        scorer.Answer = _ => Task.FromResult(Results.Text("{}"));
        using var data = new TempFolder();
        await using Server server = await Server.StartAsync(data.Path, set: [$"Scorer:Url={scorer.Url}", "Scorer:Timeout=00:00:30"]);
        string message = ExternalScorerTests.Posts(ExternalScorerTests.NewMark(), ("很脏", null));
        foreach (Func<string[], Task<IResult>> answer in (Func<string[], Task<IResult>>[])[scorer.Answer, sound])
        {
            scorer.Answer = answer;
            using HttpResponseMessage taken = await server.PostAsync("/ingest/sentiment-post", message);
            Assert.Equal(System.Net.HttpStatusCode.Accepted, taken.StatusCode);
        }

        await server.WaitUntilDrainedAsync();
        Assert.Equal(1, await TextsAsync(server, "lexicon", "answer_invalid"));
        await server.StopAsync();
        Assert.Equal(ScorerEndpoint.Score, Assert.Single(await Kept.PointsAsync(data.Path, "sentiment", "score")).Value);
    }

    [Fact]
    public async Task Serve_ScorerThatWouldGetTextsInPlain_DoesNotStart()
    {
        using var data = new TempFolder();
        (int exitCode, _, string error) = await CliProcess.RunAsync(["serve", "--data", data.Path, "--config", RepositoryFolder.Find("ingest-configs"), "--set", "Scorer:Url=http://scorer.example.com/score"]);
        Assert.Equal(2, exitCode);
        Assert.Contains("Scorer:Url goes to scorer.example.com by http", error, StringComparison.Ordinal);
    }

    private static async Task PostAsync(Server server)
    {
        // Each another text, so that none is remembered.
        using HttpResponseMessage taken = await server.PostAsync("/ingest/sentiment-post", ExternalScorerTests.Posts(ExternalScorerTests.NewMark(), ("很脏" + ExternalScorerTests.NewMark(), null)));
        Assert.Equal(System.Net.HttpStatusCode.Accepted, taken.StatusCode);
    }

    private static Task<double> TextsAsync(Server server, string by, string? reason = null) =>
        server.MetricAsync("cityperception_scorer_texts_total", [$"by=\"{by}\"", .. reason is null ? (string[])[] : [$"error_type=\"{reason}\""]]);
}
