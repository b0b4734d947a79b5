using System.Globalization;
using CityPerception.Core.Mapping;

namespace CityPerception.Sources.Open311;

/// <summary>Which requests somebody wants to see (GeoReport v2, "GET Service Requests"; <c>page</c> and <c>page_size</c> as many servers have them).</summary>
internal sealed record RequestQuery
{
    /// <summary>Without a range, the last 90 days or 1,000 requests (GeoReport v2); also the longest page.</summary>
    public const int DefaultDays = 90, MaxRows = 1_000;

    /// <summary>So far back in a range somebody may page; a shorter range shows the rest.</summary>
    public const int MaxReach = 20_000;

    private const int MaxIds = 100, MaxCodes = 100;

    /// <summary>These alone, whatever else is asked; empty for all.</summary>
    public IReadOnlyList<string> Ids { get; init; } = [];

    public IReadOnlyList<string> ServiceCodes { get; init; } = [];

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    /// <summary>open, closed, or null for both.</summary>
    public string? Status { get; init; }

    /// <summary>So many of those that fit are passed over.</summary>
    public int Skip { get; init; }

    public int Take { get; init; } = MaxRows;

    /// <summary>At most so many are looked at.</summary>
    public int Reach { get; init; } = MaxReach;

    /// <summary>Reads it; null with what is wrong.</summary>
    public static RequestQuery? Read(IQueryCollection query, IngestPlan plan, DateTimeOffset now, out string? fault)
    {
        DateTimeOffset? from = Time(query, "start_date", plan, out fault);
        if (fault is not null) return null;
        DateTimeOffset? to = Time(query, "end_date", plan, out fault);
        if (fault is not null) return null;
        string? status = Text(query, "status");
        if (status is not (null or "open" or "closed")) return Bad($"status is '{Short(status)}'; allowed: open or closed. status 只能是 open 或 closed。", out fault);
        if (!TryNumber(query, "page", 1, MaxReach, out int page) || !TryNumber(query, "page_size", MaxRows, MaxRows, out int size))
            return Bad($"page is a number from 1 and page_size one from 1 to {MaxRows}. page、page_size 取值有误。", out fault);
        if ((long)(page - 1) * size >= MaxReach) return Bad($"a page beyond request {MaxReach}: ask for a shorter range. 页码过大，请缩短时间范围。", out fault);
        string[] ids = List(query, "service_request_id"), codes = List(query, "service_code");
        if (ids.Length > MaxIds || codes.Length > MaxCodes) return Bad($"at most {MaxIds} ids or codes at once. 一次最多 {MaxIds} 个。", out fault);
        if (from is { } begin && to is { } end && begin > end) return Bad("start_date is after end_date. start_date 晚于 end_date。", out fault);

        bool isOpen = from is null && to is null;
        // Given ids are looked for wherever they may be; else one end of a range asks for 90 days from it.
        DateTimeOffset last = to ?? (from is { } since && since.AddDays(DefaultDays) < now ? since.AddDays(DefaultDays) : now.AddDays(1));
        return new RequestQuery
        {
            Ids = ids,
            ServiceCodes = codes,
            Status = status,
            From = ids.Length > 0 ? now - plan.City.Retention.Raw : from ?? last.AddDays(-DefaultDays - (isOpen ? 1 : 0)),
            To = ids.Length > 0 ? now.AddDays(1) : last,
            Skip = (page - 1) * size,
            Take = size,
            Reach = isOpen ? MaxRows : MaxReach,
        };
    }

    private static RequestQuery? Bad(string description, out string? fault)
    {
        fault = description;
        return null;
    }

    private static string? Text(IQueryCollection query, string name) => query[name] is [{ Length: > 0 } text, ..] ? text : null;

    private static string[] List(IQueryCollection query, string name) =>
        [.. (query[name].ToString() ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct()];

    private static bool TryNumber(IQueryCollection query, string name, int without, int max, out int number)
    {
        number = without;
        return Text(query, name) is not { } text || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= 1 && number <= max);
    }

    private static DateTimeOffset? Time(IQueryCollection query, string name, IngestPlan plan, out string? fault)
    {
        fault = null;
        if (Text(query, name) is not { } text) return null;
        // A plus sign that was not escaped arrives as a blank: 2026-11-24T09:30:00 08:00.
        string repaired = text.Length > 20 && text[^6] == ' ' ? $"{text[..^6]}+{text[^5..]}" : text;
        if (repaired is [_, _, _, _, '-', ..] && DateTimeOffset.TryParse(repaired, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
        {
            bool hasZone = repaired.EndsWith('Z') || (repaired.Length > 19 && repaired[^6] is '+' or '-');
            return hasZone ? time : new DateTimeOffset(time.UtcDateTime.Ticks, plan.City.Zone.GetUtcOffset(new DateTime(time.UtcDateTime.Ticks)));
        }

        fault = $"{name} is '{Short(text)}'; allowed: a W3C time such as 2026-11-24T09:30:00+08:00. {name} 不是有效时间。";
        return null;
    }

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
