using System.Collections.Immutable;
using System.Globalization;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;
using CityPerception.Core.Schema;

namespace CityPerception.Storage.Stores.InfluxDb;

/// <summary>Queries as InfluxQL: the subset that 1.x, 2.x and 3.x all answer.</summary>
internal static class InfluxQueryText
{
    /// <summary>
    /// One statement, or several where civil days have different offsets. Columns are named <c>v0</c>, <c>v1</c> … in the
    /// order of <see cref="AggregateQuery.Select"/>.
    /// </summary>
    public static string Aggregate(AggregateQuery query, ImmutableArray<Filter> where, QueryRange range, Measurement measurement)
    {
        (Selection Selection, string Column)[] columns =
            [.. query.Select.Select((s, i) => (s, InfluxQl.Name($"v{i}"))).Where(c => measurement.FindField(c.s.Field) is not null)];
        string[] groups = [.. query.GroupBy.Where(t => measurement.FindTag(t) is not null).Distinct().Select(t => InfluxQl.Name(t) + "::tag")];

        string Over(QueryRange part, string? window) => columns.Any(c => c.Selection.Function is Core.Queries.Aggregate.EnergySum)
            ? Statement(columns.Select(c => $"{Function(c.Selection, ofEnergies: true)} AS {c.Column}"), Energies(query.Measurement, columns.Select(c => c.Selection), part, where, groups), part, [], groups, window)
            : Statement(columns.Select(c => $"{Function(c.Selection, ofEnergies: false)} AS {c.Column}"), InfluxQl.Name(query.Measurement), part, where, groups, window);
        return query.Window switch
        {
            null => Over(range, window: null),
            WindowSize.Fixed { Length: var length } => Over(range, $"time({InfluxQl.Duration(length)})"),
            WindowSize.CivilDay { Zone: var zone } => string.Join("; ", CivilDayPieces(range, zone).Select(p =>
                Over(p.Range, $"time({InfluxQl.Duration(p.Length)}, {InfluxQl.Duration(p.Offset)})"))),
            var other => throw new ArgumentException($"Unknown kind of window: {other}."),
        };
    }

    // InfluxQL aggregates fields and no expressions: those of a subquery are fields to it.
    private static string Energies(string measurement, IEnumerable<Selection> selections, QueryRange range, ImmutableArray<Filter> where, string[] groups)
    {
        IEnumerable<string> columns = selections.Select(s => s.Field).Distinct().SelectMany(f => new[]
        {
            $"{InfluxQl.Name(f)}::field AS {InfluxQl.Name(f)}",
            $"pow(10.0, {InfluxQl.Name(f)}::field / 10) AS {InfluxQl.Name(f + EnergyOf)}",
        });
        string by = groups.Length > 0 ? " GROUP BY " + string.Join(", ", groups) : "";
        return $"(SELECT {string.Join(", ", columns)} FROM {InfluxQl.Name(measurement)} WHERE {Conditions(range, where)}{by})";
    }

    private const string EnergyOf = ":energy";

    /// <summary>The points in order of time. Columns are named <c>f0</c> … (fields) and <c>t0</c> … (the measurement's tags).</summary>
    public static string Points(PointQuery query, ImmutableArray<Filter> where, QueryRange range, Measurement measurement, IReadOnlyList<FieldSchema> fields)
    {
        IEnumerable<string> columns = fields.Select((f, i) => $"{InfluxQl.Name(f.Name)}::field AS {InfluxQl.Name($"f{i}")}")
            .Concat(measurement.Tags.Select((t, i) => $"{InfluxQl.Name(t.Name)}::tag AS {InfluxQl.Name($"t{i}")}"));
        string limit = query.Limit is { } most ? string.Create(CultureInfo.InvariantCulture, $" LIMIT {most}") : "";
        return $"SELECT {string.Join(", ", columns)} FROM {InfluxQl.Name(query.Measurement)} WHERE {Conditions(range, where)}"
            + $" ORDER BY time {(query.Descending ? "DESC" : "ASC")}{limit}";
    }

    /// <summary>Deletes the points that a query would read, which may ask for time and tags alone.</summary>
    public static string Delete(string measurement, ImmutableArray<Filter> where, QueryRange range) =>
        $"DELETE FROM {InfluxQl.Name(measurement)} WHERE {Conditions(range, where)}";

    /// <summary>The same in the words of 2.x's <c>/api/v2/delete</c>, which has the time beside it.</summary>
    public static string DeletePredicate(DeleteQuery query) =>
        "_measurement=" + InfluxQl.Name(query.Measurement) + (query.Only is { } only ? $" AND {InfluxQl.Name(only.Tag)}={InfluxQl.Name(only.Value)}" : "");

    private static string Statement(IEnumerable<string> select, string from, QueryRange range, ImmutableArray<Filter> where, string[] groups, string? window)
    {
        string[] by = window is null ? groups : [window, .. groups];
        return $"SELECT {string.Join(", ", select)} FROM {from} WHERE {Conditions(range, where)}"
            + (by.Length > 0 ? $" GROUP BY {string.Join(", ", by)}" : "")
            + (window is null ? "" : " fill(none)");
    }

    // tz() with GROUP BY time(1d) would be shorter; where the clock changes it has doubled or lost a window in one version
    // after the other. Between two changes days are windows of 24 h at a fixed offset. The day of a change, of 23 or 25
    // hours, is a piece of its own whose one window holds all of it.
    private static IEnumerable<(QueryRange Range, TimeSpan Length, TimeSpan Offset)> CivilDayPieces(QueryRange range, TimeZoneInfo zone)
    {
        IReadOnlyList<OffsetStretch> stretches = OffsetStretch.Of(range, zone);
        long from = range.FirstNs;
        for (int i = 0; i < stretches.Count; i++)
        {
            OffsetStretch stretch = stretches[i];
            if (i == stretches.Count - 1)
            {
                if (from <= range.LastNs) yield return (new QueryRange(from, range.LastNs), TimeSpan.FromDays(1), -stretch.Offset);
                break;
            }

            DateOnly day = CivilDays.DateOf(ObservationTime.FromUnixNs(stretch.LastNs), zone);
            DateTimeOffset start = CivilDays.Start(day, zone), end = CivilDays.Start(day.AddDays(1), zone);
            long startNs = Math.Max(start.ToUnixNs(), from), endNs = Math.Min(end.ToUnixNs() - 1, range.LastNs);
            if (from < startNs) yield return (new QueryRange(from, startNs - 1), TimeSpan.FromDays(1), -stretch.Offset);
            if (startNs <= endNs) yield return (new QueryRange(startNs, endNs), TimeSpan.FromDays(2), OffsetOf(start));
            from = endNs + 1;
        }
    }

    // Windows of two days that begin at this instant: longer than any civil day.
    private static TimeSpan OffsetOf(DateTimeOffset start) => TimeSpan.FromTicks((start - DateTimeOffset.UnixEpoch).Ticks % TimeSpan.FromDays(2).Ticks);

    private static string Function(Selection selection, bool ofEnergies)
    {
        string field = ofEnergies ? InfluxQl.Name(selection.Field) : InfluxQl.Name(selection.Field) + "::field";
        return selection.Function switch
        {
            Core.Queries.Aggregate.EnergySum => $"sum({InfluxQl.Name(selection.Field + EnergyOf)})",
            Core.Queries.Aggregate.Percentile => $"percentile({field}, {InfluxQl.Number(selection.Percentile)})",
            Core.Queries.Aggregate.Mean or Core.Queries.Aggregate.Sum or Core.Queries.Aggregate.Min or Core.Queries.Aggregate.Max or Core.Queries.Aggregate.Count
                or Core.Queries.Aggregate.First or Core.Queries.Aggregate.Last or Core.Queries.Aggregate.Spread => $"{selection.Function.ToString().ToLowerInvariant()}({field})",
            _ => throw new ArgumentException($"Unknown aggregate: {selection.Function}."),
        };
    }

    private static string Conditions(QueryRange range, ImmutableArray<Filter> where) =>
        string.Join(" AND ", where.Select(Condition).Prepend($"time >= {InfluxQl.Time(range.FirstNs)} AND time <= {InfluxQl.Time(range.LastNs)}"));

    private static string Condition(Filter filter) => filter switch
    {
        Filter.Tag { Not: false } tag => $"({string.Join(" OR ", tag.Values.Select(v => $"{InfluxQl.Name(tag.Name)}::tag = {InfluxQl.Text(v)}"))})",
        Filter.Tag tag => string.Join(" AND ", tag.Values.Select(v => $"{InfluxQl.Name(tag.Name)}::tag != {InfluxQl.Text(v)}")),
        Filter.Number n => $"{InfluxQl.Name(n.Field)}::field {InfluxQl.Operator(n.Comparison)} {InfluxQl.Number(n.Value)}",
        Filter.Text t => $"{InfluxQl.Name(t.Field)}::field {(t.Not ? "!=" : "=")} {InfluxQl.Text(t.Value)}",
        Filter.AnyText any => $"({string.Join(" OR ", any.Values.Select(v => $"{InfluxQl.Name(any.Field)}::field = {InfluxQl.Text(v)}"))})",
        _ => throw new ArgumentException($"Unknown kind of filter: {filter}."),
    };
}
