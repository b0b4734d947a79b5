using System.Collections.Immutable;
using System.Globalization;
using CityPerception.Core.Channels;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;

namespace CityPerception.Storage.Rollups;

/// <summary>Which views.</summary>
/// <param name="Channel">The slug.</param>
/// <param name="Window">The length.</param>
/// <param name="From">The first start.</param>
/// <param name="To">Starts before this.</param>
public sealed record ViewQuery(string Channel, ViewWindow Window, DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>Of this KPI; null for all.</summary>
    public string? Kpi { get; init; }

    /// <summary>Of this district; null for all, the city among them.</summary>
    public string? District { get; init; }

    /// <summary>Of this value of the tag that its KPI is given by; null for all.</summary>
    public string? Group { get; init; }
}

/// <summary>Reads views, as they are now and as they were shown.</summary>
public sealed class ViewReader(IStore store)
{
    private const string Revisions = "channel_revision";

    /// <summary>The views, in the order of their starts; those that were taken back are among them.</summary>
    /// <exception cref="StoreUnavailableException">The store does not answer now.</exception>
    public async Task<IReadOnlyList<ChannelView>> ReadAsync(ViewQuery query, CancellationToken cancellationToken)
    {
        List<ChannelView> views = [];
        var points = new PointQuery { Measurement = ChannelViews.Measurement, From = query.From, To = query.To, Where = Conditions(query) };
        await foreach (Point point in store.ReadAsync(points, cancellationToken)) views.Add(ViewOf(point, ObservationTime.FromUnixNs(point.TimeNs)));
        return views;
    }

    /// <summary>The views as they were shown at a time: restated ones as they were then, and none that was computed later.</summary>
    /// <exception cref="StoreUnavailableException">The store does not answer now.</exception>
    public async Task<IReadOnlyList<ChannelView>> ReadAsOfAsync(ViewQuery query, DateTimeOffset asOf, CancellationToken cancellationToken)
    {
        Dictionary<(string, ViewKey, DateTimeOffset), ChannelView> shown = [];
        IReadOnlyList<ChannelView> all = [.. await ReadAsync(query, cancellationToken), .. await RevisionsAsync(query, cancellationToken)];
        foreach (ChannelView view in all.Where(v => v.ComputedAt <= asOf).OrderBy(static v => v.Revision)) shown[(view.Kpi, view.Key, view.Start)] = view;
        return [.. shown.Values.OrderBy(static v => v.Start)];
    }

    /// <summary>What the views were before they were restated, in the order in which they were computed.</summary>
    /// <exception cref="StoreUnavailableException">The store does not answer now.</exception>
    public async Task<IReadOnlyList<ChannelView>> RevisionsAsync(ViewQuery query, CancellationToken cancellationToken)
    {
        List<ChannelView> views = [];
        ImmutableArray<Filter> where = Conditions(query)
            .Add(new Filter.Number("start", Comparison.GreaterOrEqual, query.From.ToUnixTimeMilliseconds()))
            .Add(new Filter.Number("start", Comparison.Less, query.To.ToUnixTimeMilliseconds()));
        // No view is computed before its window begins.
        var points = new PointQuery { Measurement = Revisions, From = query.From, To = DateTimeOffset.MaxValue, Where = where };
        await foreach (Point point in store.ReadAsync(points, cancellationToken)) views.Add(ViewOf(point, DateTimeOffset.FromUnixTimeMilliseconds(Whole(point, "start"))));
        return views;
    }

    private static ImmutableArray<Filter> Conditions(ViewQuery query)
    {
        // What came in as observations has a source: of views only those count that rollups wrote.
        List<Filter> where = [new Filter.Tag(ChannelViews.Source, [""]), new Filter.Tag(ChannelViews.Channel, [query.Channel]), new Filter.Tag(ChannelViews.Window, [ViewWindows.NameOf(query.Window)])];
        if (query.Kpi is { } kpi) where.Add(new Filter.Tag(ChannelViews.Kpi, [kpi]));
        if (query.District is { } district) where.Add(new Filter.Tag(ChannelViews.District, [district]));
        if (query.Group is { } group) where.Add(new Filter.Tag(ChannelViews.Group, [group]));
        return [.. where];
    }

    private static ChannelView ViewOf(Point point, DateTimeOffset start) => new()
    {
        Kpi = point.Tags[ChannelViews.Kpi],
        Window = ViewWindows.Find(point.Tags[ChannelViews.Window]) ?? ViewWindow.Minute,
        Start = start,
        Key = new ViewKey(point.Tags.GetValueOrDefault(ChannelViews.District, ""), point.Tags.GetValueOrDefault(ChannelViews.Group, "")),
        Value = Number(point, "value") ?? double.NaN,
        Num = Number(point, "num"),
        Den = Number(point, "den"),
        Samples = Whole(point, "samples"),
        Text = point.Fields.GetValueOrDefault("text") as string is { Length: > 0 } text ? text : null,
        Coverage = Number(point, "coverage"),
        Level = (Level)Whole(point, "level"),
        OwnLevel = (Level)Whole(point, "own_level"),
        Void = Whole(point, "void") == 1,
        Revision = (int)Whole(point, "rev"),
        ComputedAt = DateTimeOffset.FromUnixTimeMilliseconds(Whole(point, "computed")),
    };

    private static double? Number(Point point, string field) =>
        point.Fields.TryGetValue(field, out object? value) ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : null;

    private static long Whole(Point point, string field) =>
        point.Fields.TryGetValue(field, out object? value) ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : 0;
}
