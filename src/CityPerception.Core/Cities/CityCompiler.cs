using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using CityPerception.Core.Configuration;
using CityPerception.Core.Observations;
using CityPerception.Core.Standards;

namespace CityPerception.Core.Cities;

/// <summary>Checks what the attributes of <see cref="CityFile"/> cannot say, and makes the city.</summary>
public sealed class CityCompiler
{
    /// <summary>Nobody's holidays last longer; a wrong year does.</summary>
    private const int LongestHolidayDays = 31;

    private readonly CityFile _file;
    private readonly ConfigFaults _faults;

    private readonly SiteLimits _sites;

    private readonly ImmutableDictionary<string, TimeSpan> _schedules;

    private readonly IReadOnlyDictionary<string, byte[]> _files;

    private CityCompiler(CityFile file, ConfigFaults faults, SiteLimits sites, ImmutableDictionary<string, TimeSpan> schedules, IReadOnlyDictionary<string, byte[]> files) =>
        (_file, _faults, _sites, _schedules, _files) = (file, faults, sites, schedules, files);

    /// <summary>Reads city.yaml; null, with the faults noted, when anything is wrong.</summary>
    public static City? Read(string file, string yamlText, ConfigFaults faults, SiteLimits? sites = null, ImmutableDictionary<string, TimeSpan>? schedules = null, IReadOnlyDictionary<string, byte[]>? files = null)
    {
        CityFile? bound = ConfigBinder.Bind<CityFile>(file, yamlText, faults);
        return bound is null ? null : Compile(bound, faults, sites, schedules, files);
    }

    /// <summary>Makes the city; null, with the faults noted, when anything is wrong.</summary>
    public static City? Compile(CityFile file, ConfigFaults faults, SiteLimits? sites = null, ImmutableDictionary<string, TimeSpan>? schedules = null, IReadOnlyDictionary<string, byte[]>? files = null) =>
        new CityCompiler(file, faults, sites ?? SiteLimits.None, schedules ?? ImmutableDictionary<string, TimeSpan>.Empty, files ?? ImmutableDictionary<string, byte[]>.Empty).Compile();

    private City? Compile()
    {
        int before = _faults.All.Count;
        TimeZoneInfo? zone = FindZone();
        CheckBounds();
        CheckDistricts();
        CheckSpans();
        List<DateOnly> holidays = Holidays();
        WorkingHours[] hours = Hours();
        CheckWorkdays(holidays);
        CheckStandards();
        if (!_file.IsSound || zone is null || _faults.All.Count > before) return null;

        var bounds = new GeoBounds(_file.Bounds.Lat[0], _file.Bounds.Lat[1], _file.Bounds.Lon[0], _file.Bounds.Lon[1]);
        District[] districts = [.. _file.Districts.Select(d => new District(
            d.Key, d.Value.Name.ToNames(), d.Value.Lat, d.Value.Lon, d.Value.Former.ToFrozenDictionary()))];
        DistrictMap? map = _file.Map is { } wanted ? DistrictMapReader.Read(wanted, _files, districts, bounds, _faults) : null;
        DateTime earliest = _file.Earliest.ToDateTime(TimeOnly.MinValue);
        return new City
        {
            Names = _file.Name.ToNames(),
            Code = _file.Code,
            Zone = zone,
            Bounds = bounds,
            EarliestNs = new DateTimeOffset(earliest, zone.GetUtcOffset(earliest)).ToUnixNs(),
            Ahead = _file.Ahead,
            Districts = districts,
            Map = map,
            Calendar = new WorkingCalendar(_file.Working.Days, hours, holidays, _file.Working.Workdays),
            Standards = Standards(_file.Standards),
            Sites = _sites,
            Schedules = _schedules,
            Languages = [.. _file.Languages.Select(l => l.ToString().ToLowerInvariant())],
            Retention = new Retention(_file.Retention.Raw, _file.Retention.Minutes, _file.Retention.Hours,
                _file.Retention.Photos < _file.Retention.Raw ? _file.Retention.Photos : _file.Retention.Raw), // without its observation nobody finds a photo
            Limits = new IngestLimits(_file.Limits.PayloadBytes, _file.Limits.DecompressedBytes, _file.Limits.Depth, _file.Limits.Elements),
        };
    }

    private static CityStandards Standards(StandardsFile file) => new()
    {
        Air = file.Air,
        AirRules = new AirRules(file.AirRules.Every, file.AirRules.HourMinutes, file.AirRules.DayHours, file.AirRules.Stations),
        NoiseHours = file.NoiseDay is { } day ? new NoiseHours(day.From, day.To) : NoiseHours.Default,
    };

    private void CheckStandards()
    {
        TimeSpan every = _file.Standards.AirRules.Every;
        if (every < TimeSpan.FromMinutes(1) || TimeSpan.FromHours(1).Ticks % every.Ticks != 0)
            _faults.Add(_file.Standards.AirRules, "every", $"{every.TotalMinutes} minutes", "1m to 1h, so many of which are an hour: 5m");
        if (_file.Standards.NoiseDay is { IsSound: true } day && (day.From >= day.To || day.From.Ticks % TimeSpan.TicksPerHour != 0 || day.To.Ticks % TimeSpan.TicksPerHour != 0))
            _faults.Add(day, "to", $"{day.From:HH\\:mm} to {day.To:HH\\:mm}", "whole hours, the first before the last: 06:00 to 22:00");
    }

    private TimeZoneInfo? FindZone()
    {
        if (_file.Zone.Length == 0) return null;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(_file.Zone, out TimeZoneInfo? zone))
        {
            if (IsOfWholeHours(zone)) return zone;
            _faults.Add(_file, "zone", $"the zone {ConfigScalar.Quote(_file.Zone)}", "a zone whose offset from UTC is whole hours: channels make days of hours");
            return null;
        }

        _faults.Add(_file, "zone", $"the zone {ConfigScalar.Quote(_file.Zone)}", "an IANA time zone that this system knows, such as Asia/Shanghai",
            Suggest.Closest(_file.Zone, TimeZoneInfo.GetSystemTimeZones().Select(z => z.Id)));
        return null;
    }

    private static bool IsOfWholeHours(TimeZoneInfo zone)
    {
        const int FirstYear = 2020, Months = 12 * 20; // what a zone was long ago does not matter
        var first = new DateTimeOffset(FirstYear, 1, 1, 0, 0, 0, TimeSpan.Zero);
        return Enumerable.Range(0, Months).All(m => zone.GetUtcOffset(first.AddMonths(m)).Ticks % TimeSpan.TicksPerHour == 0);
    }

    private void CheckBounds()
    {
        if (_file.Bounds.Lat is [double south, double north] && south >= north)
            _faults.Add(_file.Bounds, "lat", Pair(south, north), "south before north", Pair(north, south));
        if (_file.Bounds.Lon is [double west, double east] && west >= east)
            _faults.Add(_file.Bounds, "lon", Pair(west, east), "west before east", Pair(east, west));

        static string Pair(double a, double b) => string.Create(CultureInfo.InvariantCulture, $"[{a}, {b}]");
    }

    private void CheckDistricts()
    {
        var seen = new Dictionary<string, string>();
        foreach ((string code, DistrictFile district) in _file.Districts)
        {
            if (code == _file.Code)
                _faults.Add(_file.PlaceOf("districts", code), district.KeyPath, $"the code {code}", "a code other than the city's own");
            if (!district.IsSound) continue;

            if (_file.Bounds is { IsSound: true, Lat: [double south, double north], Lon: [double west, double east] } && south < north && west < east &&
                !new GeoBounds(south, north, west, east).Contains(district.Lat, district.Lon))
            {
                _faults.Add(district, "lat", string.Create(CultureInfo.InvariantCulture, $"the centre {district.Lat}, {district.Lon}"), "a centre within the city's bounds");
            }
            foreach (string name in district.Former.SelectMany(f => new[] { f.Key, f.Value }).Concat([code, district.Name.Zh, district.Name.En]).Distinct())
            {
                if (!seen.TryAdd(name, code))
                    _faults.Add(district.Place, district.KeyPath, $"{name}, which {seen[name]} has too", "every code and name for one district");
            }
        }
    }

    private void CheckSpans()
    {
        RetentionFile kept = _file.Retention;
        foreach ((string key, TimeSpan span) in new[] { ("raw", kept.Raw), ("minutes", kept.Minutes), ("hours", kept.Hours), ("photos", kept.Photos) })
        {
            if (span < TimeSpan.FromDays(1)) _faults.Add(kept, key, "less than a day", "1d or more");
        }
        if (_file.Ahead > TimeSpan.FromDays(1)) _faults.Add(_file, "ahead", "more than a day", "at most 1d; a source that sends forecasts says so itself");
    }

    private List<DateOnly> Holidays()
    {
        List<DateOnly> days = [];
        foreach (HolidayFile holiday in _file.Working.Holidays.Where(h => h.IsSound))
        {
            int length = holiday.To.DayNumber - holiday.From.DayNumber + 1;
            if (length is < 1 or > LongestHolidayDays)
            {
                _faults.Add(holiday, "to", $"{holiday.Name.Zh} of {length} days", $"1 to {LongestHolidayDays} days");
                continue;
            }
            days.AddRange(Enumerable.Range(0, length).Select(holiday.From.AddDays));
        }
        return days;
    }

    private WorkingHours[] Hours()
    {
        TimeOnly end = TimeOnly.MinValue;
        foreach (HoursFile span in _file.Working.Hours.Where(h => h.IsSound))
        {
            if (span.To <= span.From) _faults.Add(span, "to", $"{span.To:HH\\:mm}", $"a time after {span.From:HH\\:mm}");
            else if (span.From < end) _faults.Add(span, "from", $"{span.From:HH\\:mm}", $"hours in their order, from {end:HH\\:mm} on");
            end = span.To;
        }
        return [.. _file.Working.Hours.Select(h => new WorkingHours(h.From, h.To))];
    }

    private void CheckWorkdays(List<DateOnly> holidays)
    {
        for (int i = 0; i < _file.Working.Workdays.Count; i++)
        {
            DateOnly day = _file.Working.Workdays[i];
            if (!holidays.Contains(day)) continue;
            _faults.Add(_file.Working.PlaceOf("workdays", i), _file.Working.PathOf("workdays"),
                $"{day:yyyy-MM-dd}, which is a holiday too", "days outside the holidays");
        }
    }
}
