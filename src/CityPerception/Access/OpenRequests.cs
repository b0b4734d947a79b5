using System.Collections.Concurrent;
using System.Security.Claims;

namespace CityPerception.Access;

/// <summary>The requests with credentials that are under way: a screen's stream of figures, for one, goes on for days.</summary>
internal sealed class OpenRequests
{
    private readonly ConcurrentDictionary<CancellationTokenSource, ClaimsPrincipal> _open = new();

    /// <summary>Lets a request go on for as long as its credentials hold.</summary>
    public async Task FollowAsync(HttpContext context, RequestDelegate next)
    {
        CancellationToken aborted = context.RequestAborted;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        _open.TryAdd(ending, context.User);
        context.RequestAborted = ending.Token;
        try
        {
            await next(context);
        }
        finally
        {
            _open.TryRemove(ending, out _);
            context.RequestAborted = aborted; // an answer may still be written
        }
    }

    /// <summary>Ends requests by who made them.</summary>
    public void EndThose(Predicate<ClaimsPrincipal> chosen)
    {
        foreach ((CancellationTokenSource ending, ClaimsPrincipal who) in _open)
        {
            if (!chosen(who)) continue;
            try
            {
                ending.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has just ended by itself.
            }
        }
    }
}
