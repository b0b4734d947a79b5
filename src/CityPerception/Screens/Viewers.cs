using CityPerception.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace CityPerception.Screens;

/// <summary>The screens that follow a feed, and how many may.</summary>
internal sealed class Viewers(IOptions<HttpOptions> http, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private int _count;

    /// <summary>Takes a place until the answer ends; says why there is none, or null.</summary>
    public ProblemHttpResult? Refuse(HttpContext context)
    {
        if (Interlocked.Increment(ref _count) > http.Value.MaxViewers)
        {
            Interlocked.Decrement(ref _count);
            context.Response.Headers.RetryAfter = "30";
            return TypedResults.Problem($"{http.Value.MaxViewers} screens follow already (Http:MaxViewers).", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        context.Response.OnCompleted(() =>
        {
            Interlocked.Decrement(ref _count);
            return Task.CompletedTask;
        });
        return null;
    }

    /// <summary>Waits while nobody looks.</summary>
    public async Task AnyAsync(CancellationToken cancellationToken)
    {
        while (Volatile.Read(ref _count) == 0) await Task.Delay(Pause, clock, cancellationToken);
    }
}

/// <summary>The text of the latest snapshot, written once however many ask. Two threads may both write it: the same text.</summary>
internal sealed class Rendered<T>(Func<T, string> write)
    where T : class
{
    private Text? _latest;

    public string Of(T snapshot)
    {
        Text? latest = Volatile.Read(ref _latest);
        if (latest is null || !ReferenceEquals(latest.Snapshot, snapshot)) Volatile.Write(ref _latest, latest = new Text(snapshot, write(snapshot)));
        return latest.Json;
    }

    private sealed record Text(T Snapshot, string Json);
}
