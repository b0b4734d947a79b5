using System.Globalization;
using CityPerception.Configuration;
using CityPerception.Core.Channels;
using CityPerception.Core.Mapping;
using CityPerception.Storage.Rollups;
using nietras.SeparatedValues;

namespace CityPerception.Channels;

/// <summary><c>/api/channels</c>: the views of the eight channels, for screens and programs.</summary>
internal sealed class ChannelEndpoints(CurrentPlan current, CurrentViews views, ViewReader reader, ViewExplainer explainer, TimeProvider clock)
{
    public const string Path = "/api/channels", CsvType = "text/csv";

    private const int MaxPoints = 20_000;

    public IResult List() => Answer<IReadOnlyList<ChannelSummary>>([.. current.Plan.Channels.Values.OrderBy(static c => c.Slug, StringComparer.Ordinal)
        .Select(static c => new ChannelSummary(c.Slug, c.Names, c.Description, c.Kpis.Length))]);

    public async Task<IResult> GetAsync(string slug, HttpRequest http)
    {
        IngestPlan plan = current.Plan;
        if (!plan.Channels.TryGetValue(slug, out Channel? channel)) return NoChannel(slug, plan);
        var request = new ChannelRequest(http, plan);
        request.AllowOnly("district");
        string district = request.District();
        if (request.Fault is { } fault) return Invalid(fault);

        List<KpiAnswer> kpis = [];
        foreach (Kpi kpi in channel.Kpis)
        {
            ViewWindow window = kpi.Windows[0];
            ChannelView[] found = [.. (await views.ReadAsync(slug, window, plan.City)).Where(v => v.Kpi == kpi.Id && v.Key.District == district)];
            kpis.AddRange(found.Length == 0 ? [Of(kpi, window, null, plan)] : found.Select(v => Of(kpi, window, v, plan)));
        }

        return Answer(new ChannelAnswer(slug, channel.Names, channel.Description, district, kpis));
    }

    public async Task<IResult> SeriesAsync(string slug, string id, HttpRequest http, CancellationToken cancellationToken)
    {
        IngestPlan plan = current.Plan;
        if (Find(slug, id, plan, out Kpi? kpi) is { } missing) return missing;
        var request = new ChannelRequest(http, plan);
        request.AllowOnly("district", "window", "from", "to", "asOf");
        string district = request.District();
        ViewWindow window = request.Window(kpi!.Windows);
        DateTimeOffset to = request.Time("to") ?? clock.GetUtcNow();
        DateTimeOffset from = request.Time("from") ?? to - (window switch { ViewWindow.Minute => TimeSpan.FromHours(3), ViewWindow.Hour => TimeSpan.FromDays(7), _ => TimeSpan.FromDays(90) });
        DateTimeOffset? asOf = request.Time("asOf");
        if (from >= to) request.Refuse($"from is {from:O} and to is {to:O}; allowed: a from before to.");
        TimeSpan longest = MaxPoints * (window switch { ViewWindow.Minute => TimeSpan.FromMinutes(1), ViewWindow.Hour => TimeSpan.FromHours(1), _ => TimeSpan.FromDays(1) });
        if (to - from > longest) request.Refuse($"from {from:O} to {to:O} are more than {MaxPoints} windows of {ViewWindows.NameOf(window)}; allowed: at most {longest.TotalDays:0} days, or a longer window.");
        if (request.Fault is { } fault) return Invalid(fault);

        var query = new ViewQuery(slug, window, from, to) { Kpi = id, District = district };
        IReadOnlyList<ChannelView> found = asOf is { } then ? await reader.ReadAsOfAsync(query, then, cancellationToken) : await reader.ReadAsync(query, cancellationToken);
        SeriesPoint[] points = [.. found.Where(static v => !v.Void).Select(v => ViewExplainer.PointOf(v, plan.City))];
        return http.Headers.Accept.ToString().Contains(CsvType, StringComparison.OrdinalIgnoreCase)
            ? Results.Text(Csv(points), CsvType + "; charset=utf-8")
            : Answer(new SeriesAnswer(id, district, ViewWindows.NameOf(window), kpi.Unit, points));
    }

    public async Task<IResult> ExplainAsync(string slug, string id, HttpRequest http, CancellationToken cancellationToken)
    {
        IngestPlan plan = current.Plan;
        if (Find(slug, id, plan, out Kpi? kpi) is { } missing) return missing;
        var request = new ChannelRequest(http, plan);
        request.AllowOnly("district", "window", "at");
        string district = request.District();
        ViewWindow window = request.Window(kpi!.Windows);
        // Without a time the last window that has ended.
        DateTimeOffset at = request.Time("at") ?? ViewWindows.Back(window, ViewWindows.StartOf(window, clock.GetUtcNow(), plan.City.Zone), 1, plan.City.Zone);
        return request.Fault is { } fault ? Invalid(fault) : Answer(await explainer.ExplainAsync(plan.Channels[slug], kpi, window, at, new ViewKey(district), plan.City, cancellationToken));
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

    private static KpiAnswer Of(Kpi kpi, ViewWindow window, ChannelView? view, IngestPlan plan) => new()
    {
        Id = kpi.Id,
        Name = kpi.Names,
        Unit = kpi.Unit,
        Better = kpi.Better.ToString().ToLowerInvariant(),
        Window = ViewWindows.NameOf(window),
        Windows = [.. kpi.Windows.Select(ViewWindows.NameOf)],
        DefinedBy = kpi.DefinedBy,
        Group = view?.Key.Group is { Length: > 0 } group ? group : null,
        Value = view?.Value,
        Num = view?.Num,
        Den = view?.Den,
        Level = ChannelJson.NameOf(view?.Level ?? Level.Unknown),
        Coverage = view?.Coverage,
        Samples = view?.Samples ?? 0,
        Time = view is null ? null : TimeZoneInfo.ConvertTime(view.Start, plan.City.Zone),
        Rev = view?.Revision ?? 0,
    };

    private static string Csv(IEnumerable<SeriesPoint> points)
    {
        using SepWriter writer = Sep.New(',').Writer(static o => o with { Escape = true }).ToText();
        foreach (SeriesPoint point in points)
        {
            using SepWriter.Row row = writer.NewRow();
            row["time"].Set(point.Time.ToString("O", CultureInfo.InvariantCulture));
            row["group"].Set(point.Group ?? "");
            row["value"].Format(point.Value);
            row["num"].Set(point.Num?.ToString(CultureInfo.InvariantCulture) ?? "");
            row["den"].Set(point.Den?.ToString(CultureInfo.InvariantCulture) ?? "");
            row["level"].Set(point.Level);
            row["coverage"].Set(point.Coverage?.ToString(CultureInfo.InvariantCulture) ?? "");
            row["samples"].Format(point.Samples);
            row["rev"].Format(point.Rev);
        }

        return writer.ToString();
    }
}
