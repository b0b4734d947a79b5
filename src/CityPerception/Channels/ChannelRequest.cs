using System.Globalization;
using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Core.Configuration;
using CityPerception.Core.Mapping;
using Microsoft.Extensions.Primitives;

namespace CityPerception.Channels;

/// <summary>What a request asks for, read from its query; the first thing wrong with it is said in words.</summary>
internal sealed class ChannelRequest(HttpRequest request, IngestPlan plan)
{
    // There is a time for the windows before and after.
    private const int FirstYear = 1900, LastYear = 2999;

    private string? _fault;

    private City City => plan.City;

    /// <summary>Why it cannot be answered; null while nothing is wrong.</summary>
    public string? Fault => _fault;

    /// <summary>Refuses parameters that nobody reads: a misspelt one would answer another question.</summary>
    public void AllowOnly(params string[] names)
    {
        foreach (string name in request.Query.Keys.Where(k => !names.Contains(k)))
            Refuse($"'{name}' is no parameter; allowed: {string.Join(", ", names)}.{(Suggest.Closest(name, names) is { } meant ? $" Did you mean {meant}?" : "")}");
    }

    /// <summary>A district by code or name; the whole city without one.</summary>
    public string District()
    {
        if (Text("district") is not { } wanted || wanted == City.Code) return City.Code;
        if (City.FindDistrict(wanted) is { } district) return district.Code;
        Refuse($"district is '{wanted}'; allowed: {City.Code} for the city, or one of {string.Join(", ", City.Districts.Select(static d => $"{d.Code} {d.Names.Zh}"))}.");
        return City.Code;
    }

    /// <summary>A window that the KPI has; its finest without one.</summary>
    public ViewWindow Window(IReadOnlyCollection<ViewWindow> known)
    {
        if (Text("window") is not { } wanted) return known.Min();
        if (ViewWindows.Find(wanted) is { } window && known.Contains(window)) return window;
        Refuse($"window is '{wanted}'; allowed: {string.Join(", ", known.Select(ViewWindows.NameOf))}.");
        return known.Min();
    }

    /// <summary>A time; the one given without it.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } wanted) return null;
        // "+" in a query is a space: 2026-03-01T09:00:00+08:00 arrives as "… 08:00".
        if (DateTimeOffset.TryParse(wanted.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            && time.Year is >= FirstYear and <= LastYear) return time.ToUniversalTime();
        Refuse($"{name} is '{wanted}'; allowed: an ISO 8601 time with zone, as 2026-03-01T09:00:00+08:00, of the years {FirstYear} to {LastYear}.");
        return null;
    }

    /// <summary>How many at most; the default without it.</summary>
    public int Limit(int most, int without)
    {
        if (Text("limit") is not { } wanted) return without;
        if (int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) && limit >= 1 && limit <= most) return limit;
        Refuse($"limit is '{wanted}'; allowed: 1 to {most}.");
        return without;
    }

    /// <summary>Whether the period before is asked for.</summary>
    public bool Compares()
    {
        if (Text("compare") is not { } wanted) return false;
        if (wanted != "previous") Refuse($"compare is '{wanted}'; allowed: previous.");
        return true;
    }

    /// <summary>Where the page before ended; null for the first.</summary>
    public SeriesPlace? After()
    {
        if (Text("after") is not { } wanted) return null;
        SeriesPlace? place = SeriesPlace.Read(wanted);
        if (place is null) Refuse($"after is '{wanted}'; allowed: what the page before gave as next.");
        return place;
    }

    /// <summary>The value of the tag that a KPI is given by; empty for that of all together, null for all there are.</summary>
    public string? Group(Kpi kpi)
    {
        if (!request.Query.TryGetValue("group", out StringValues group)) return null;
        if (kpi.By is null) Refuse($"group is '{group}', but {kpi.Id} is not given by a tag; allowed: no group.");
        return group.ToString();
    }

    /// <summary>A parameter as it was given; null without it.</summary>
    public string? Text(string name) => request.Query.TryGetValue(name, out StringValues value) && value.ToString() is { Length: > 0 } text ? text : null;

    /// <summary>Notes the first fault.</summary>
    public void Refuse(string fault) => _fault ??= fault;
}
