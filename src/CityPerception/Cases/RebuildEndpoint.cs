using System.Data.Common;
using CityPerception.Configuration;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;
using CityPerception.Hosting;
using CityPerception.Storage.Cases;
using CityPerception.Upkeep;

namespace CityPerception.Cases;

/// <summary><c>POST /api/cases/rebuild</c>: a line an event, so that whoever waits can see how far it is.</summary>
internal sealed class RebuildEndpoint(OperationsState state, CurrentPlan current, IServiceProvider provider, EventLines lines, TimeProvider clock)
{
    public const string UnderWay = "Another rebuild is under way. 另一次重建正在进行。";

    public Task<IResult> PostAsync(HttpContext context, CancellationToken cancellationToken) => lines.AnswerAsync(context, CaseViewJson.Plain.RebuildEvent, async (say, ending) =>
    {
        if (await RunAsync(say, ending) is not { } result) return Results.Problem(UnderWay, statusCode: StatusCodes.Status409Conflict);
        await say(new RebuildEvent(null, result));
        return null;
    }, cancellationToken);

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
