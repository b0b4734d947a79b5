using System.Data.Common;
using System.Text.Json;
using CityPerception.Configuration;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;
using CityPerception.DeadLetters;
using CityPerception.Hosting;
using CityPerception.Storage.Cases;

namespace CityPerception.Cases;

/// <summary><c>POST /api/cases/rebuild</c>: a line an event, so that whoever waits can see how far it is.</summary>
internal sealed class RebuildEndpoint(OperationsState state, CurrentPlan current, IServiceProvider provider, InstanceFile instance, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    public const string LinesType = "application/x-ndjson";

    public const string UnderWay = "Another rebuild is under way. 另一次重建正在进行。";

    public async Task<IResult> PostAsync(HttpContext context, CancellationToken cancellationToken)
    {
        // The command that found our address in a data directory wants the server of that directory, and not one that has the port now.
        if (context.Request.Headers.IfMatch is [{ } wanted] && wanted != instance.ETag) return Results.Problem("This server has another data directory.", statusCode: StatusCodes.Status412PreconditionFailed);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        HttpResponse response = context.Response;
        async ValueTask Say(RebuildEvent happened)
        {
            if (!response.HasStarted) response.ContentType = LinesType; // until then it may still become a problem
            await response.WriteAsync(JsonSerializer.Serialize(happened, CaseViewJson.Plain.RebuildEvent) + "\n", CancellationToken.None);
            await response.Body.FlushAsync(context.RequestAborted);
        }

        RebuildResult? result = await RunAsync(Say, ending.Token);
        if (result is null) return Results.Problem(UnderWay, statusCode: StatusCodes.Status409Conflict);
        if (!context.RequestAborted.IsCancellationRequested) await Say(new RebuildEvent(null, result));
        return Results.Empty;
    }

    private async Task<RebuildResult?> RunAsync(Func<RebuildEvent, ValueTask> say, CancellationToken cancellationToken)
    {
        try
        {
            await state.Opened.WaitAsync(cancellationToken);
            return await RunAsync(provider.GetRequiredService<CaseRebuild>(), current, clock, say, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return new RebuildResult(0, "the server stops, or nobody waits any more");
        }
    }

    /// <summary>Rebuilds, and says in words what went wrong. Null if another is under way.</summary>
    public static async Task<RebuildResult?> RunAsync(CaseRebuild rebuild, CurrentPlan current, TimeProvider clock, Func<RebuildEvent, ValueTask> say, CancellationToken cancellationToken)
    {
        DateTimeOffset from = ObservationTime.FromUnixNs(current.Plan.City.EarliestNs), to = clock.GetUtcNow().AddDays(366);
        try
        {
            int? cases = await rebuild.RunAsync(from, to, progress => say(new RebuildEvent(progress, null)), cancellationToken);
            return cases is { } count ? new RebuildResult(count, null) : null;
        }
        catch (Exception e) when (e is StoreUnavailableException or RebuildLostException or DbException || e.InnerException is DbException)
        {
            return new RebuildResult(0, e.Message);
        }
    }
}
