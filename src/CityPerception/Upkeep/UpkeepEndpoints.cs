using CityPerception.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.Hosting;
using CityPerception.Storage.Rollups;

namespace CityPerception.Upkeep;

/// <summary><c>POST /api/rollups</c> and <c>POST /api/retention</c>: a line an event, the result last.</summary>
internal sealed class UpkeepEndpoints(UpkeepWork work, CurrentPlan current, OperationsState operations, EventLines lines, TimeProvider clock)
{
    public const string RollupPath = "/api/rollups", RetentionPath = "/api/retention";

    public const string UnderWay = "Retention runs already. 数据清理正在进行。";

    public Task<IResult> RollupAsync(HttpContext context, CancellationToken cancellationToken)
    {
        IngestPlan plan = current.Plan;
        if (RollupQuery.Read(context.Request.Query.ToDictionary(static q => q.Key, static q => (string?)q.Value), plan, clock.GetUtcNow(), out RollupRequest request) is { } fault)
            return Task.FromResult(Results.Problem(fault, statusCode: StatusCodes.Status400BadRequest));
        return lines.AnswerAsync<RollupEvent>(context, UpkeepJson.Plain.RollupEvent, async (say, ending) =>
        {
            await operations.Opened.WaitAsync(ending);
            await say(new RollupEvent(null, await work.RollupAsync(request, plan, say, ending)));
            return null;
        }, cancellationToken);
    }

    public Task<IResult> RetainAsync(HttpContext context, bool? dryRun, CancellationToken cancellationToken) =>
        lines.AnswerAsync<RetentionEvent>(context, UpkeepJson.Plain.RetentionEvent, async (say, ending) =>
        {
            await operations.Opened.WaitAsync(ending);
            if (await work.RetainAsync(current.Plan, dryRun ?? false, say, ending) is not { } answer) return Results.Problem(UnderWay, statusCode: StatusCodes.Status409Conflict);
            await say(new RetentionEvent(null, answer));
            return null;
        }, cancellationToken);
}
