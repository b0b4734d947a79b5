using System.Collections.Frozen;
using CityPerception.Core.Cities;
using CityPerception.Core.Configuration;
using CityPerception.Core.Lookups;

namespace CityPerception.Core.Cases;

/// <summary>
/// How long a case may take whose deadline no system sent: <c>lookups/case-limits.csv</c>, by measurement and category.
/// </summary>
public sealed class CaseLimits
{
    /// <summary>The table's name; a city may do without it.</summary>
    public const string Table = "case-limits";

    private const string Limit = "limit", From = "from", Any = "*";

    private readonly FrozenDictionary<string, CaseLimit> _limits;

    private CaseLimits(IEnumerable<KeyValuePair<string, CaseLimit>> limits) => _limits = limits.ToFrozenDictionary();

    public static CaseLimits None { get; } = new([]);

    /// <summary>Reads the table, and notes each row that says no limit.</summary>
    public static CaseLimits Read(LookupTable? table, City city, ConfigFaults faults)
    {
        if (table is null) return None;
        string file = $"lookups/{Table}.csv";
        if (table.FindColumn(Limit) < 0 || table.FindColumn(From) < 0)
        {
            faults.Add(new ConfigPlace(file, 1, 1), "", $"the columns {string.Join(", ", table.Columns)}", $"the columns case, {Limit}, {From}");
            return None;
        }

        Dictionary<string, CaseLimit> limits = [];
        foreach ((LookupRow row, int line) in table.Rows.Zip(table.Lines))
        {
            var limit = new CaseLimit(row.Get(Limit), row.Get(From));
            string key = row.Get(table.Columns[0]);
            if (!CaseMeasurements.All.Contains(key.Split('/')[0]) || !key.Contains('/'))
                faults.Add(new ConfigPlace(file, line, 1), table.Columns[0], $"\"{key}\"", $"measurement/category or measurement/{Any}; measurements: {string.Join(", ", CaseMeasurements.All)}");
            if (limit.From.Length > 0 && CaseStates.Rank(limit.From) == 0)
                faults.Add(new ConfigPlace(file, line, 1), From, $"\"{limit.From}\"", $"nothing (the first event), or one of {string.Join(", ", CaseStates.All)}", Suggest.Closest(limit.From, CaseStates.All));
            if (TimeLimit.Add(city.Calendar, new DateTime(2026, 1, 5, 9, 0, 0, DateTimeKind.Unspecified), limit.Text) is null && (city.Calendar.IsEverWorked || !limit.Text.Contains("工作", StringComparison.Ordinal)))
                faults.Add(new ConfigPlace(file, line, 1), Limit, $"\"{limit.Text}\"", "a limit such as 4小时, 5工作日, 90天");
            limits[key] = limit;
        }

        return new CaseLimits(limits);
    }

    /// <summary>The limit of a category, or else of the measurement; null for none.</summary>
    public CaseLimit? Find(string measurement, string category) =>
        _limits.Count == 0 ? null : _limits.GetValueOrDefault($"{measurement}/{category}") ?? _limits.GetValueOrDefault($"{measurement}/{Any}");
}

/// <summary>One limit.</summary>
/// <param name="Text">As offices write it: 5工作日.</param>
/// <param name="From">The state that it runs from; empty for the first event.</param>
public sealed record CaseLimit(string Text, string From);
