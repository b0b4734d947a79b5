using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CityPerception.Tests.Simulation;

/// <summary>A small server with POST /ingest/{source} on a free loopback port, which answers as a test wants it to.</summary>
internal sealed class IngestEndpoint : IAsyncDisposable
{
    private readonly WebApplication _app;

    private IngestEndpoint(WebApplication app) => _app = app;

    /// <summary>What it answers; 202 with nothing rejected at first.</summary>
    public Func<HttpContext, string, IResult> Answer { get; set; } = (_, _) => Results.Json(new { accepted = 1, rejected = Array.Empty<object>() }, statusCode: 202);

    /// <summary>Source and body of what it answered 2xx.</summary>
    public ConcurrentQueue<(string Source, string Body)> Taken { get; } = new();

    public Uri Url => new(_app.Urls.Single());

    public static async Task<IngestEndpoint> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        var endpoint = new IngestEndpoint(app);
        app.MapPost("/ingest/{source}", async (HttpContext context, string source) =>
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
            string body = await reader.ReadToEndAsync(context.RequestAborted);
            IResult answer = endpoint.Answer(context, source);
            if (answer is IStatusCodeHttpResult { StatusCode: >= 200 and < 300 }) endpoint.Taken.Enqueue((source, body));
            return answer;
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return endpoint;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
