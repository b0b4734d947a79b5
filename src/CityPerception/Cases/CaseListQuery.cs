using System.Globalization;
using CityPerception.Storage.Cases;

namespace CityPerception.Cases;

/// <summary>What the query of a list may say, and the options of the command.</summary>
internal static class CaseListQuery
{
    public const int DefaultLimit = 100, MaxLimit = 1_000, MaxIds = 100;

    private static readonly string[] Names = ["source", "id", "district", "grid", "category", "dept", "state", "open", "overdue", "limit", "after"];

    /// <summary>Reads what is wanted. Gives back what is wrong, or null.</summary>
    /// <param name="given">The values by their names.</param>
    /// <param name="now">Which cases are overdue.</param>
    /// <param name="filter">What is wanted.</param>
    public static string? Read(IReadOnlyDictionary<string, string?> given, DateTimeOffset now, out CaseFilter filter)
    {
        filter = new CaseFilter { Now = now, Limit = DefaultLimit };
        if (given.Keys.FirstOrDefault(k => !Names.Contains(k)) is { } unknown) return $"'{unknown}' is no parameter; allowed: {string.Join(", ", Names)}.";
        string? Text(string name) => given.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;
        if (!TryBool(Text("open"), out bool? open)) return $"open is '{Text("open")}'; allowed: true or false.";
        if (!TryBool(Text("overdue"), out bool? overdue)) return $"overdue is '{Text("overdue")}'; allowed: true or false.";
        int limit = DefaultLimit;
        if (Text("limit") is { } most && (!int.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MaxLimit))
            return $"limit is '{most}'; allowed: 1 to {MaxLimit}.";
        string[]? ids = Text("id")?.Split(',');
        if (ids?.Length > MaxIds) return $"id has {ids.Length} numbers; allowed: up to {MaxIds}, with commas between them.";
        CasePlace? after = null;
        if (Text("after") is { } place && !TryPlace(place, out after)) return $"after is '{place}'; allowed: what the page before gave as next.";
        filter = new CaseFilter
        {
            Now = now,
            Limit = limit,
            After = after,
            Source = Text("source"),
            Ids = ids,
            District = Text("district"),
            Grid = Text("grid"),
            Category = Text("category"),
            Dept = Text("dept"),
            State = Text("state"),
            IsOpen = open,
            IsOverdue = overdue,
        };
        return null;
    }

    /// <summary>The page that was asked for, of one case more than it has.</summary>
    public static CaseList Page(IReadOnlyList<CaseRow> found, int limit, DateTimeOffset now) => new(
        [.. found.Take(limit).Select(c => CaseView.Of(c, now))],
        found.Count > limit ? string.Create(CultureInfo.InvariantCulture, $"{found[limit - 1].ChangedAt.ToUnixTimeMilliseconds()},{found[limit - 1].Source},{found[limit - 1].Id}") : null);

    private static bool TryPlace(string text, out CasePlace? place)
    {
        string[] parts = text.Split(',', 3);
        bool isPlace = parts.Length == 3 & long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long ms) && Math.Abs(ms) < 60_000_000_000_000;
        place = isPlace ? new CasePlace(DateTimeOffset.FromUnixTimeMilliseconds(ms), parts[1], parts[2]) : null;
        return isPlace;
    }

    private static bool TryBool(string? text, out bool? value)
    {
        value = bool.TryParse(text, out bool read) ? read : null;
        return text is null || value is not null;
    }
}
