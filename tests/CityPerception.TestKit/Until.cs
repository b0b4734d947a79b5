using System.Diagnostics;

namespace CityPerception.TestKit;

/// <summary>Waits for a condition that something else brings about: a server that starts, a batch that arrives.</summary>
public static class Until
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60), Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns when the condition holds.</summary>
    /// <param name="what">What is waited for, in words for whoever reads the failure.</param>
    /// <param name="condition">Asked again and again; an exception is the last word only when time is up.</param>
    /// <param name="cancellationToken">The test's.</param>
    /// <exception cref="TimeoutException">It did not hold within a minute.</exception>
    public static async Task TrueAsync(string what, Func<Task<bool>> condition, CancellationToken cancellationToken)
    {
        Exception? last = null;
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Limit; await Task.Delay(Pause, cancellationToken))
        {
            try
            {
                if (await condition()) return;
                last = null;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                last = e;
            }
        }

        throw new TimeoutException($"Still not so after {Limit.TotalSeconds} s: {what}.", last);
    }

    public static Task TrueAsync(string what, Func<bool> condition, CancellationToken cancellationToken) =>
        TrueAsync(what, () => Task.FromResult(condition()), cancellationToken);
}
