using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CityPerception.DeadLetters;

namespace CityPerception.Upkeep;

/// <summary>Answers long work with a line of JSON an event, so that whoever waits can see how far it is.</summary>
internal sealed class EventLines(InstanceFile instance, IHostApplicationLifetime lifetime)
{
    public const string LinesType = "application/x-ndjson";

    /// <summary>Does the work while somebody waits for it and the server runs.</summary>
    /// <param name="context">The request.</param>
    /// <param name="json">Of the events.</param>
    /// <param name="work">Says what happens; an answer in place of it only before the first event. Its token ends when nobody waits any more.</param>
    /// <param name="cancellationToken">The request's.</param>
    public async Task<IResult> AnswerAsync<TEvent>(HttpContext context, JsonTypeInfo<TEvent> json, Func<Func<TEvent, ValueTask>, CancellationToken, Task<IResult?>> work, CancellationToken cancellationToken)
    {
        // The command that found our address in a data directory wants the server of that directory, and not one that has the port now.
        if (context.Request.Headers.IfMatch is [{ } wanted] && wanted != instance.ETag) return Results.Problem("This server has another data directory.", statusCode: StatusCodes.Status412PreconditionFailed);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        return await work(Say, ending.Token) ?? Results.Empty;

        async ValueTask Say(TEvent happened)
        {
            if (context.RequestAborted.IsCancellationRequested) return; // the work's own token has ended too
            HttpResponse response = context.Response;
            if (!response.HasStarted) response.ContentType = LinesType; // until then it may still become a problem
            await response.WriteAsync(JsonSerializer.Serialize(happened, json) + "\n", CancellationToken.None);
            await response.Body.FlushAsync(CancellationToken.None);
        }
    }
}
