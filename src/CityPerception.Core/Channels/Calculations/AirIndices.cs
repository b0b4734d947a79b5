using CityPerception.Core.Cities;
using CityPerception.Core.Standards;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>The index of each window and group, from concentrations: means over the stations first (HJ 663), never over indices.</summary>
internal sealed class AirIndices(CalculationScope scope)
{
    private static readonly string[] Fields = ["pm25", "pm10", "so2", "no2", "co", "o3"];

    private readonly CityStandards _standards = scope.City.Standards;

    /// <summary>Of every window of the scope.</summary>
    public Task<IReadOnlyList<AirWindow>> ReadAsync(CancellationToken cancellationToken) => scope.OnceAsync("air", () => ComputeAsync(cancellationToken));

    private async Task<IReadOnlyList<AirWindow>> ComputeAsync(CancellationToken cancellationToken)
    {
        TimeSpan slot = _standards.AirRules.Every;
        int slots = (int)Math.Ceiling(_standards.AirRules.HourMinutes / slot.TotalMinutes);
        var hours = await new SiteHours(scope, "air_quality").ReadAsync(Fields, scope.From, scope.To, slot, slots, cancellationToken);
        var stations = hours.GroupBy(h => (h.Key.Site, Start: ViewWindows.StartOf(scope.Window, h.Key.Hour, scope.City.Zone)))
            .Select(s => (s.Key.Start, s.Key.Site, Values: ValuesOf(s.ToDictionary(static h => h.Key.Hour, static h => h.Value), s.Key.Start)));
        List<AirWindow> indices = [];
        foreach (var group in scope.ByPlace(stations, static s => (s.Start, s.Site.District, s.Site.Group)))
        {
            double[][] values = [.. group.Select(static s => s.Values)];
            double? Of(int field) => AirValidity.OfStations([.. values.Select(v => v[field])], _standards.AirRules.Stations);
            var means = new AirConcentrations(Of(0), Of(1), Of(2), Of(3), Of(4), Of(5), values[0].Length > 6 ? Of(6) : null);
            AirIndex? index = scope.Window is ViewWindow.Day ? AirQualityIndex.OfDay(means, _standards.Air) : AirQualityIndex.OfHour(means, _standards.Air);
            if (index is { } found) indices.Add(new AirWindow(group.Key.Start, group.Key.Key, found, values.Length));
        }

        return indices;
    }

    // One station: of an hour its means; of a day those of 24 hours, ozone's largest of 8 hours, and its largest hour.
    private double[] ValuesOf(Dictionary<DateTimeOffset, double[]> hours, DateTimeOffset start)
    {
        if (scope.Window is not ViewWindow.Day) return hours.Values.Single();
        // Where the clock changes, a day has an hour more or less: 24 of it are looked at, the missing one is missing.
        double[] Column(int field) => [.. Enumerable.Range(0, 24).Select(h => hours.GetValueOrDefault(start.AddHours(h))?[field] ?? double.NaN)];
        double[] ozone = Column(5);
        int needed = _standards.AirRules.DayHours;
        return [.. Enumerable.Range(0, 5).Select(i => AirValidity.Day(Column(i), needed) ?? double.NaN),
            AirValidity.OzoneOfDay(ozone) ?? double.NaN, AirValidity.Day(ozone, needed) is null ? double.NaN : ozone.Where(static o => !double.IsNaN(o)).Max()];
    }
}

/// <summary>The index of a window and group.</summary>
/// <param name="Start">Of the window.</param>
/// <param name="Key">Whom it is of.</param>
/// <param name="Index">The index.</param>
/// <param name="Stations">How many it is made of.</param>
internal readonly record struct AirWindow(DateTimeOffset Start, ViewKey Key, AirIndex Index, int Stations);
