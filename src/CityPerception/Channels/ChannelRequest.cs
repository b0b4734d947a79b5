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
        if (DateTimeOffset.TryParse(wanted.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)) return time.ToUniversalTime();
        Refuse($"{name} is '{wanted}'; allowed: an ISO 8601 time with zone, as 2026-03-01T09:00:00+08:00.");
        return null;
    }

    /// <summary>Notes the first fault.</summary>
    public void Refuse(string fault) => _fault ??= fault;

    private string? Text(string name) => request.Query.TryGetValue(name, out StringValues value) && value.ToString() is { Length: > 0 } text ? text : null;
}
