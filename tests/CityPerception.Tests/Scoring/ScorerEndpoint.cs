using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CityPerception.Tests.Scoring;

/// <summary>A scorer on a free loopback port, which scores every text <see cref="Score"/> or answers as a test wants it to.</summary>
internal sealed class ScorerEndpoint : IAsyncDisposable
{
    /// <summary>What no text has by the lexicon.</summary>
    public const double Score = 0.765;

    private readonly WebApplication _app;

    private ScorerEndpoint(WebApplication app) => _app = app;

    public Func<string[], Task<IResult>> Answer { get; set; } = texts => Task.FromResult(Scores([.. texts.Select(_ => Score)]));

    /// <summary>The texts of each request, and its credentials.</summary>
    public ConcurrentQueue<(string[] Texts, string Authorization)> Asked { get; } = new();

    public Uri Url => new(_app.Urls.Single() + "/score");

    public static IResult Scores(params double[] scores) => Results.Json(new { scores });

    public static async Task<ScorerEndpoint> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        var endpoint = new ScorerEndpoint(app);
        app.MapPost("/score", async (HttpContext context) =>
        {
            JsonNode question = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!;
            string[] texts = [.. question["texts"]!.AsArray().Select(t => t!.GetValue<string>())];
            endpoint.Asked.Enqueue((texts, context.Request.Headers.Authorization.ToString()));
            return await endpoint.Answer(texts).WaitAsync(context.RequestAborted);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return endpoint;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
