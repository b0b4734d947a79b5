using System.Net;
using Polly;
using Polly.Retry;

namespace CityPerception.Simulation;

/// <summary>How the city offers something again while a server is away: without end, at most every five seconds.</summary>
internal static class Persistence
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100), Longest = TimeSpan.FromSeconds(5);

    /// <param name="clock">Waits by this clock.</param>
    /// <param name="isWorthRepeating">Which outcomes the server may get over.</param>
    /// <param name="afterFailure">Called before each wait, with what went wrong.</param>
    /// <param name="wanted">How long the server asked to be left alone; null if it did not.</param>
    public static ResiliencePipeline<T> Of<T>(
        TimeProvider clock, Func<Outcome<T>, bool> isWorthRepeating, Action<Outcome<T>> afterFailure, Func<Outcome<T>, TimeSpan?>? wanted = null) =>
        new ResiliencePipelineBuilder<T> { TimeProvider = clock }.AddRetry(new RetryStrategyOptions<T>
        {
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = First,
            MaxDelay = Longest,
            ShouldHandle = a => ValueTask.FromResult(isWorthRepeating(a.Outcome)),
            DelayGenerator = a => ValueTask.FromResult(wanted?.Invoke(a.Outcome)),
            OnRetry = a =>
            {
                afterFailure(a.Outcome);
                return default;
            },
        }).Build();

    /// <summary>Whether a request has no final answer: none at all, or one that says "later".</summary>
    public static bool IsWorthRepeating(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Exception: HttpRequestException or TaskCanceledException } => true, // the latter: the client's timeout; ours ends the pipeline by its token
        { Result.StatusCode: HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError } => true,
        _ => false,
    };
}
