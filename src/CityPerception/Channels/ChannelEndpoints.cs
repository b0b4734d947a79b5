using CityPerception.Configuration;
using CityPerception.Core.Channels;
using CityPerception.Core.Mapping;

namespace CityPerception.Channels;

/// <summary><c>/api/channels</c>: the views of the eight channels, for screens and programs.</summary>
internal sealed class ChannelEndpoints(CurrentPlan current, CurrentAnswers answers, SeriesEndpoint series, ViewExplainer explainer, TimeProvider clock)
{
    public const string Path = "/api/channels";

    public IResult List() => Answer<IReadOnlyList<ChannelSummary>>([.. current.Plan.Channels.Values.OrderBy(static c => c.Slug, StringComparer.Ordinal)
        .Select(static c => new ChannelSummary(c.Slug, c.Names, c.Description, c.Kpis.Length))]);

    public async Task<IResult> GetAsync(string slug, HttpContext context)
    {
        IngestPlan plan = current.Plan;
        if (!plan.Channels.TryGetValue(slug, out Channel? channel)) return NoChannel(slug, plan);
        var request = new ChannelRequest(context.Request, plan);
        request.AllowOnly("district", "compare");
        string district = request.District();
        bool compares = request.Compares();
        if (request.Fault is { } fault) return Invalid(fault);

        TaggedAnswer answer = await answers.GetAsync(channel, district, compares, plan);
        // May be kept, to be asked for each time and answered with 304 while nothing has changed.
        context.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Bytes(answer.Content, "application/json; charset=utf-8", entityTag: answer.Tag);
    }

    public async Task<IResult> SeriesAsync(string slug, string id, HttpContext context, CancellationToken cancellationToken)
    {
        IngestPlan plan = current.Plan;
        return Find(slug, id, plan, out Kpi? kpi) ?? await series.GetAsync(plan.Channels[slug], kpi!, plan, context, cancellationToken);
    }

    public async Task<IResult> ExplainAsync(string slug, string id, HttpRequest http, CancellationToken cancellationToken)
    {
        IngestPlan plan = current.Plan;
        if (Find(slug, id, plan, out Kpi? kpi) is { } missing) return missing;
        var request = new ChannelRequest(http, plan);
        request.AllowOnly("district", "window", "at", "group");
        var key = new ViewKey(request.District(), request.Group(kpi!) ?? "");
        ViewWindow window = request.Window(kpi!.Windows);
        // Without a time the last window that has ended.
        DateTimeOffset at = request.Time("at") ?? ViewWindows.Back(window, ViewWindows.StartOf(window, clock.GetUtcNow(), plan.City.Zone), 1, plan.City.Zone);
        return request.Fault is { } fault ? Invalid(fault) : Answer(await explainer.ExplainAsync(plan.Channels[slug], kpi, window, at, key, plan, cancellationToken));
    }

    private static IResult? Find(string slug, string id, IngestPlan plan, out Kpi? kpi)
    {
        kpi = null;
        if (!plan.Channels.TryGetValue(slug, out Channel? channel)) return NoChannel(slug, plan);
        kpi = channel.Find(id);
        return kpi is not null ? null : Results.Problem($"{slug} has no KPI '{id}'; it has {string.Join(", ", channel.Kpis.Select(static k => k.Id))}.", statusCode: StatusCodes.Status404NotFound);
    }

    private static IResult NoChannel(string slug, IngestPlan plan) => Results.Problem(
        $"There is no channel '{slug}'; there are {string.Join(", ", plan.Channels.Keys.Order(StringComparer.Ordinal))}.", statusCode: StatusCodes.Status404NotFound);

    private static IResult Invalid(string fault) => Results.Problem(fault, statusCode: StatusCodes.Status400BadRequest);

    private static IResult Answer<T>(T value) => Results.Json(value, ChannelJson.Readable);
}
