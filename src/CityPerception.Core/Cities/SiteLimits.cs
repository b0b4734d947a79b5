using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using CityPerception.Core.Configuration;
using CityPerception.Core.Lookups;

namespace CityPerception.Core.Cities;

/// <summary>
/// What is known of sites beside what they send: the target class of a water section (<c>lookups/water-targets.csv</c>), the limits
/// in the permit of an outlet (<c>lookups/permits.csv</c>), and where a device is (tables of devices with the columns lat and
/// lon, WGS-84). A city may do without: then nothing is judged by it.
/// </summary>
public sealed class SiteLimits
{
    /// <summary>The names of the tables.</summary>
    public const string Targets = "water-targets", Permits = "permits";

    private const string Target = "target", Lat = "lat", Lon = "lon";
    private static readonly string[] Classes = ["1", "2", "3", "4", "5"];

    private readonly FrozenDictionary<string, int> _targets;
    private readonly FrozenDictionary<(string Device, string Item), double> _permits;

    private readonly ImmutableArray<LookupTable> _places;

    private SiteLimits(IReadOnlyDictionary<string, int> targets, IReadOnlyDictionary<(string, string), double> permits, ImmutableArray<LookupTable> places) =>
        (_targets, _permits, _places) = (targets.ToFrozenDictionary(), permits.ToFrozenDictionary(), places);

    public static SiteLimits None { get; } = new(new Dictionary<string, int>(), new Dictionary<(string, string), double>(), []);

    /// <summary>The items that permits may limit: stacks (mg/m3, converted) and waste water (mg/L).</summary>
    public static IReadOnlyList<string> Items { get; } = ["so2", "nox", "dust", "nmhc", "cod", "nh3n", "tp", "tn"];

    /// <summary>Reads the tables, and notes each cell that says no limit.</summary>
    /// <param name="targets">Of water sections.</param>
    /// <param name="permits">Of outlets.</param>
    /// <param name="faults">Receives them.</param>
    /// <param name="others">Every table: those of devices with positions are among them.</param>
    public static SiteLimits Read(LookupTable? targets, LookupTable? permits, ConfigFaults faults, IEnumerable<LookupTable>? others = null) => new(
        ReadTargets(targets, faults), ReadPermits(permits, faults),
        [.. (others ?? []).Where(static t => t.Columns[0] == "device" && t.FindColumn(Lat) >= 0 && t.FindColumn(Lon) >= 0).OrderBy(static t => t.Name, StringComparer.Ordinal)]);

    /// <summary>The worst class that a section may have, 1 to 5; null where nobody said.</summary>
    public int? TargetOf(string device) => _targets.TryGetValue(device, out int target) ? target : null;

    /// <summary>The limit of an item; null where the permit has none.</summary>
    public double? PermitOf(string device, string item) => _permits.TryGetValue((device, item), out double limit) ? limit : null;

    /// <summary>Where a device is, in degrees of WGS-84; null where no table says.</summary>
    public (double Lat, double Lon)? PlaceOf(string device)
    {
        byte[] key = Encoding.UTF8.GetBytes(device);
        foreach (LookupTable table in _places)
        {
            if (table.Find(key) is { } row && double.TryParse(row.Get(Lat), NumberStyles.Float, CultureInfo.InvariantCulture, out double lat)
                && double.TryParse(row.Get(Lon), NumberStyles.Float, CultureInfo.InvariantCulture, out double lon)) return (lat, lon);
        }

        return null;
    }

    /// <summary>Whether sites are judged alike by both.</summary>
    public bool SaysSame(SiteLimits other) => _targets.Count == other._targets.Count && _permits.Count == other._permits.Count && _places.Length == other._places.Length
        && _targets.All(t => other.TargetOf(t.Key) == t.Value) && _permits.All(p => other.PermitOf(p.Key.Device, p.Key.Item) == p.Value)
        && _places.Zip(other._places).All(static p => p.First.SaysSame(p.Second));

    private static Dictionary<string, int> ReadTargets(LookupTable? table, ConfigFaults faults)
    {
        Dictionary<string, int> targets = [];
        if (table is null) return targets;
        string file = $"lookups/{Targets}.csv";
        if (table.FindColumn(Target) < 0) faults.Add(new ConfigPlace(file, 1, 1), "", string.Join(", ", table.Columns), "the columns device, target");
        foreach ((LookupRow row, int line) in table.FindColumn(Target) < 0 ? [] : table.Rows.Zip(table.Lines))
        {
            string text = row.Get(Target);
            if (Classes.Contains(text)) targets[row.Get(table.Columns[0])] = int.Parse(text, CultureInfo.InvariantCulture);
            else faults.Add(new ConfigPlace(file, line, 1), Target, $"\"{text}\"", "a class of GB 3838: " + string.Join(", ", Classes));
        }

        return targets;
    }

    private static Dictionary<(string, string), double> ReadPermits(LookupTable? table, ConfigFaults faults)
    {
        Dictionary<(string, string), double> permits = [];
        if (table is null) return permits;
        string file = $"lookups/{Permits}.csv";
        foreach (string unknown in table.Columns.Skip(1).Where(c => c != "name" && !Items.Contains(c)))
            faults.Add(new ConfigPlace(file, 1, 1), "", unknown, "the columns device, name, " + string.Join(", ", Items), Suggest.Closest(unknown, Items));
        foreach ((LookupRow row, int line) in table.Rows.Zip(table.Lines))
        {
            foreach (string item in Items.Intersect(table.Columns))
            {
                string text = row.Get(item);
                if (text.Length == 0) continue;
                if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double limit) && limit > 0) permits[(row.Get(table.Columns[0]), item)] = limit;
                else faults.Add(new ConfigPlace(file, line, 1), item, $"\"{text}\"", "a limit over 0, or nothing for none");
            }
        }

        return permits;
    }
}
