using System.Collections.Immutable;
using CityPerception.Core.Queries;
using CityPerception.Core.Schema;

namespace CityPerception.Storage.Stores.DuckDb;

/// <summary>Queries as DuckDB's SQL.</summary>
internal static class DuckDbQueryText
{
    private const long DayNs = 86_400_000_000_000;

    /// <summary>
    /// Columns: the number of the window (<see cref="WindowSize.Fixed"/>: windows since 1970; civil days: days since
    /// 1970-01-01; 0 without windows), the tags grouped by, the aggregates as DOUBLE.
    /// </summary>
    public static string Aggregate(AggregateQuery query, ImmutableArray<Filter> where, QueryRange range, DuckDbTable table)
    {
        string window = query.Window switch
        {
            null => "0::BIGINT",
            WindowSize.Fixed { Length: var length } => FloorDivide("time", checked(length.Ticks * 100)),
            WindowSize.CivilDay { Zone: var zone } => FloorDivide(LocalTime(range, zone), DayNs),
            var other => throw new ArgumentException($"Unknown kind of window: {other}."),
        };
        IEnumerable<string> groups = query.GroupBy.Select(t => table.Tags.Contains(t) ? DuckDbSql.Name(t) : "''");
        IEnumerable<string> values = query.Select.Select(s => table.Fields.Any(f => f.Name == s.Field) ? $"CAST({Function(s)} AS DOUBLE)" : "NULL::DOUBLE");
        string keys = string.Join(", ", Enumerable.Range(1, 1 + query.GroupBy.Length));
        return $"SELECT {string.Join(", ", [window, .. groups, .. values])} FROM {table.FullName} WHERE {Conditions(range, where)} GROUP BY {keys}";
    }

    /// <summary>Columns: the time, the table's tags, the fields.</summary>
    public static string Points(PointQuery query, ImmutableArray<Filter> where, QueryRange range, DuckDbTable table, IReadOnlyList<FieldSchema> fields)
    {
        string[] names = [.. fields.Select(f => DuckDbSql.Name(f.Name))];
        string any = string.Join(" OR ", names.Select(f => f + " IS NOT NULL"));
        string limit = query.Limit is { } most ? $" LIMIT {DuckDbSql.Integer(most)}" : "";
        return $"SELECT {string.Join(", ", [DuckDbSql.Name("time"), .. table.Tags.Select(DuckDbSql.Name), .. names])} FROM {table.FullName}"
            + $" WHERE {Conditions(range, where)} AND ({any}) ORDER BY time {(query.Descending ? "DESC" : "ASC")}{limit}";
    }

    /// <summary>Deletes the points that a query would read.</summary>
    public static string Delete(ImmutableArray<Filter> where, QueryRange range, DuckDbTable table) => $"DELETE FROM {table.FullName} WHERE {Conditions(range, where)}";

    // Rounds down for times before 1970 too: // rounds towards zero.
    private static string FloorDivide(string ns, long length) =>
        $"(({ns}) // {DuckDbSql.Integer(length)} - CASE WHEN ({ns}) % {DuckDbSql.Integer(length)} < 0 THEN 1 ELSE 0 END)";

    // UTC plus the offset that the zone had then. Near the ends of the 64 bits the sum needs more of them.
    private static string LocalTime(QueryRange range, TimeZoneInfo zone)
    {
        IReadOnlyList<OffsetStretch> stretches = OffsetStretch.Of(range, zone);
        string time = range.FirstNs < long.MinValue + DayNs || range.LastNs > long.MaxValue - DayNs ? "time::HUGEINT" : "time";
        string Offset(OffsetStretch s) => DuckDbSql.Integer(s.Offset.Ticks * 100);
        if (stretches.Count == 1) return $"{time} + {Offset(stretches[0])}";

        IEnumerable<string> cases = stretches.SkipLast(1).Select(s => $"WHEN time <= {DuckDbSql.Integer(s.LastNs)} THEN {Offset(s)}");
        return $"{time} + CASE {string.Join(" ", cases)} ELSE {Offset(stretches[^1])} END";
    }

    private static string Function(Selection selection)
    {
        string field = DuckDbSql.Name(selection.Field);
        return selection.Function switch
        {
            Core.Queries.Aggregate.Mean => $"avg({field})",
            Core.Queries.Aggregate.Sum => $"sum({field})",
            Core.Queries.Aggregate.Min => $"min({field})",
            Core.Queries.Aggregate.Max => $"max({field})",
            Core.Queries.Aggregate.Count => $"nullif(count({field}), 0)",
            Core.Queries.Aggregate.First => $"arg_min({field}, time) FILTER (WHERE {field} IS NOT NULL)",
            Core.Queries.Aggregate.Last => $"arg_max({field}, time) FILTER (WHERE {field} IS NOT NULL)",
            Core.Queries.Aggregate.Spread => $"max({field})::DOUBLE - min({field})::DOUBLE",
            Core.Queries.Aggregate.EnergySum => $"sum(pow(10, {field} / 1E1))",
            Core.Queries.Aggregate.Percentile =>
                $"list_sort(list({field}) FILTER (WHERE {field} IS NOT NULL))[CAST(floor(count({field}) * {DuckDbSql.Number(selection.Percentile)} / 1E2 + 5E-1) AS BIGINT)]",
            _ => throw new ArgumentException($"Unknown aggregate: {selection.Function}."),
        };
    }

    private static string Conditions(QueryRange range, ImmutableArray<Filter> where) =>
        string.Join(" AND ", where.Select(Condition).Prepend($"time BETWEEN {DuckDbSql.Integer(range.FirstNs)} AND {DuckDbSql.Integer(range.LastNs)}"));

    private static string Condition(Filter filter) => filter switch
    {
        Filter.Tag tag => $"{DuckDbSql.Name(tag.Name)} {(tag.Not ? "NOT IN" : "IN")} ({string.Join(", ", tag.Values.Select(DuckDbSql.Text))})",
        Filter.Number n => $"{DuckDbSql.Name(n.Field)} {DuckDbSql.Operator(n.Comparison)} {DuckDbSql.Number(n.Value)}",
        Filter.Text t => $"{DuckDbSql.Name(t.Field)} {(t.Not ? "<>" : "=")} {DuckDbSql.Text(t.Value)}",
        Filter.AnyText any => $"{DuckDbSql.Name(any.Field)} IN ({string.Join(", ", any.Values.Select(DuckDbSql.Text))})",
        _ => throw new ArgumentException($"Unknown kind of filter: {filter}."),
    };
}
