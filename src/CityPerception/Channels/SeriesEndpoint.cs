using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Core.Mapping;
using CityPerception.Storage.Rollups;
using Microsoft.AspNetCore.WebUtilities;

namespace CityPerception.Channels;

/// <summary><c>…/series</c>: a KPI over time, in pages, as JSON, CSV or XLSX.</summary>
internal sealed class SeriesEndpoint(ViewReader reader, TimeProvider clock)
{
    private const int MaxPoints = 20_000, DefaultPoints = 5_000;

    public async Task<IResult> GetAsync(Channel channel, Kpi kpi, IngestPlan plan, HttpContext context, CancellationToken cancellationToken)
    {
        HttpRequest http = context.Request;
        var request = new ChannelRequest(http, plan);
        Wanted wanted = Read(request, kpi);
        if (request.Fault is { } fault) return Results.Problem(fault, statusCode: StatusCodes.Status400BadRequest);

        ViewQuery query = new(channel.Slug, wanted.Window, wanted.After?.Start is { } last && last > wanted.From ? last : wanted.From, wanted.To) { Kpi = kpi.Id, District = wanted.District, Group = wanted.Group };
        ChannelView[] rest = [.. (await ViewsAsync(query, wanted.AsOf, cancellationToken))
            .Where(v => wanted.After?.IsBefore(v.Start, v.Key.Group) ?? true).OrderBy(static v => v.Start).ThenBy(static v => v.Key.Group, StringComparer.Ordinal).Take(wanted.Limit + 1)];
        ChannelView[] page = rest.Length > wanted.Limit ? rest[..wanted.Limit] : rest;
        string? next = rest.Length > wanted.Limit ? new SeriesPlace(page[^1].Start, page[^1].Key.Group).ToString() : null;
        SeriesPoint[] points = wanted.Compares ? await ComparedAsync(kpi, page, query, wanted, plan, cancellationToken) : [.. page.Select(v => ViewExplainer.PointOf(kpi, v, plan))];

        if (next is not null) context.Response.Headers.Link = $"<{NextPage(http, next)}>; rel=\"next\"";
        string accept = http.Headers.Accept.ToString();
        if (accept.Contains(SeriesTable.Xlsx, StringComparison.OrdinalIgnoreCase))
            return Results.Bytes(await SeriesTable.ToXlsxAsync(kpi.Id, points, wanted.Compares, cancellationToken), SeriesTable.Xlsx);
        return accept.Contains(SeriesTable.Csv, StringComparison.OrdinalIgnoreCase)
            ? Results.Text(SeriesTable.ToCsv(points, wanted.Compares), SeriesTable.Csv + "; charset=utf-8")
            : Results.Json(new SeriesAnswer(kpi.Id, wanted.District, ViewWindows.NameOf(wanted.Window), kpi.Unit, points, next), ChannelJson.Readable);
    }

    private Wanted Read(ChannelRequest request, Kpi kpi)
    {
        request.AllowOnly("district", "group", "window", "from", "to", "asOf", "limit", "after", "compare");
        ViewWindow window = request.Window(kpi.Windows);
        DateTimeOffset to = request.Time("to") ?? clock.GetUtcNow();
        TimeSpan usual = window switch { ViewWindow.Minute => TimeSpan.FromHours(3), ViewWindow.Hour => TimeSpan.FromDays(7), _ => TimeSpan.FromDays(90) };
        DateTimeOffset from = request.Time("from") ?? to - usual;
        var wanted = new Wanted(request.District(), request.Group(kpi), window, from, to, request.Time("asOf"), request.Limit(MaxPoints, DefaultPoints), request.After(), request.Compares());
        if (from >= to) request.Refuse($"from is {from:O} and to is {to:O}; allowed: a from before to.");
        TimeSpan longest = MaxPoints * (window switch { ViewWindow.Minute => TimeSpan.FromMinutes(1), ViewWindow.Hour => TimeSpan.FromHours(1), _ => TimeSpan.FromDays(1) });
        if (to - from > longest) request.Refuse($"from {from:O} to {to:O} are more than {MaxPoints} windows of {ViewWindows.NameOf(window)}; allowed: at most {longest.TotalDays:0} days, or a longer window.");
        return wanted;
    }

    private async Task<IEnumerable<ChannelView>> ViewsAsync(ViewQuery query, DateTimeOffset? asOf, CancellationToken cancellationToken) =>
        (asOf is { } then ? await reader.ReadAsOfAsync(query, then, cancellationToken) : await reader.ReadAsync(query, cancellationToken)).Where(static v => !v.Void);

    // The period before has as many windows; each window is compared with the one that has its place there.
    private async Task<SeriesPoint[]> ComparedAsync(Kpi kpi, ChannelView[] page, ViewQuery query, Wanted wanted, IngestPlan plan, CancellationToken cancellationToken)
    {
        if (page.Length == 0) return [];
        City city = plan.City;
        DateTimeOffset first = ViewWindows.StartOf(wanted.Window, wanted.From, city.Zone);
        int windows = ViewWindows.Between(wanted.Window, first, wanted.To, city.Zone).Count(s => s >= wanted.From);
        DateTimeOffset Before(DateTimeOffset start) => ViewWindows.Back(wanted.Window, start, windows, city.Zone);
        ViewQuery before = query with { From = Before(page[0].Start), To = Before(page[^1].Start).AddTicks(1) };
        Dictionary<(string Group, DateTimeOffset Start), ChannelView> earlier = (await ViewsAsync(before, wanted.AsOf, cancellationToken)).ToDictionary(static v => (v.Key.Group, v.Start));
        return [.. page.Select(v => ViewExplainer.PointOf(kpi, v, plan) with
        {
            Previous = earlier.GetValueOrDefault((v.Key.Group, Before(v.Start))) is { } then ? EarlierValue.Of(then, v.Value, city) : null,
        })];
    }

    private static string NextPage(HttpRequest http, string next) => QueryHelpers.AddQueryString(
        http.PathBase + http.Path, http.Query.Where(static p => p.Key != "after").Select(static p => KeyValuePair.Create(p.Key, p.Value.Count > 0 ? p.Value.ToString() : null)).Append(new("after", next)));

    private sealed record Wanted(
        string District, string? Group, ViewWindow Window, DateTimeOffset From, DateTimeOffset To, DateTimeOffset? AsOf, int Limit, SeriesPlace? After, bool Compares);
}
