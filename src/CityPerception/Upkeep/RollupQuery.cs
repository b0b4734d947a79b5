using System.Collections.Immutable;
using System.Globalization;
using CityPerception.Core.Channels;
using CityPerception.Core.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.Core.Queries;
using CityPerception.Storage.Rollups;

namespace CityPerception.Upkeep;

/// <summary>What <c>POST /api/rollups</c> and the command may say.</summary>
internal static class RollupQuery
{
    /// <summary>The names of the parameters.</summary>
    public const string From = "from", To = "to", Channels = "channel", Windows = "window", DryRun = "dryRun";

    private static readonly string[] Names = [From, To, Channels, Windows, DryRun];

    /// <summary>Reads what is wanted. Gives back what is wrong, or null.</summary>
    /// <param name="given">The values by their names; lists have commas.</param>
    /// <param name="plan">The channels, and the zone of days.</param>
    /// <param name="now">The end where none is given.</param>
    /// <param name="request">What is wanted.</param>
    public static string? Read(IReadOnlyDictionary<string, string?> given, IngestPlan plan, DateTimeOffset now, out RollupRequest request)
    {
        request = new RollupRequest([], [], now, now, false);
        if (given.Keys.FirstOrDefault(k => !Names.Contains(k)) is { } unknown) return $"'{unknown}' is no parameter; allowed: {string.Join(", ", Names)}.{DidYouMean(unknown, Names)}";
        string? Text(string name) => given.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;
        if (Text(From) is not { } first) return "from is missing: when the first window begins, as 2026-11-01 or 2026-11-01T08:00:00+08:00.";
        if (!TryTime(first, plan.City.Zone, out DateTimeOffset from)) return FaultOfTime(From, first);
        DateTimeOffset to = now;
        if (Text(To) is { } last && !TryTime(last, plan.City.Zone, out to)) return FaultOfTime(To, last);
        if (from >= to) return $"from is {from:u} and to is {to:u}; allowed: a from before to.";

        ImmutableArray<Channel>.Builder channels = ImmutableArray.CreateBuilder<Channel>();
        foreach (string slug in Listed(Text(Channels)) ?? [.. plan.Channels.Keys.Order(StringComparer.Ordinal)])
        {
            if (!plan.Channels.TryGetValue(slug, out Channel? channel)) return $"channel is '{slug}'; allowed: {string.Join(", ", plan.Channels.Keys.Order(StringComparer.Ordinal))}.{DidYouMean(slug, plan.Channels.Keys)}";
            channels.Add(channel);
        }

        ImmutableArray<ViewWindow>.Builder windows = ImmutableArray.CreateBuilder<ViewWindow>();
        foreach (string name in Listed(Text(Windows)) ?? ["1m", "1h", "1d"])
        {
            if (ViewWindows.Find(name) is not { } window) return $"window is '{name}'; allowed: 1m, 1h, 1d.";
            windows.Add(window);
        }

        bool dryRun = false;
        if (Text(DryRun) is { } dry && !bool.TryParse(dry, out dryRun)) return $"dryRun is '{dry}'; allowed: true or false.";
        request = new RollupRequest(channels.ToImmutable(), windows.ToImmutable(), from, to, dryRun);
        return null;
    }

    private static string DidYouMean(string found, IEnumerable<string> known) => Suggest.Closest(found, [.. known]) is { } meant ? $" Did you mean {meant}?" : "";

    private static string[]? Listed(string? text) => text is null ? null : [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct()];

    // A day alone is the city's.
    private static bool TryTime(string text, TimeZoneInfo zone, out DateTimeOffset time)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day))
        {
            time = CivilDays.Start(day, zone);
            return true;
        }

        // "+" in a query is a space: 2026-03-01T09:00:00+08:00 arrives as "… 08:00".
        bool isTime = DateTimeOffset.TryParse(text.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
        time = time.ToUniversalTime();
        return isTime;
    }

    private static string FaultOfTime(string name, string found) => $"{name} is '{found}'; allowed: a day as 2026-11-01, or an ISO 8601 time with zone, as 2026-11-01T08:00:00+08:00.";
}
