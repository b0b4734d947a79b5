using CityPerception.Core.Configuration;
using CityPerception.Core.Lookups;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;

namespace CityPerception.Sources.Open311;

/// <summary>How far a case is, in the words of GeoReport v2.</summary>
internal static class CaseStatus
{
    private const string Open = "open", Closed = "closed";

    /// <summary>open or closed.</summary>
    public static string Of(CaseHistory history) => Latest(history) is { } point && point.Tags["state"] is "closed" or "cancelled" ? Closed : Open;

    public static RequestAnswer Answer(CaseHistory history, Open311Call call)
    {
        Point report = history.Report, latest = Latest(history) ?? report;
        string code = report.Tags.GetValueOrDefault("category", "");
        Names service = call.FindService(code)?.Names ?? new Names(code, code);
        return new RequestAnswer
        {
            ServiceRequestId = history.Id,
            Status = Of(history),
            StatusNotes = Text(latest, "note") ?? StateName(latest, call),
            ServiceName = call.Say(service),
            ServiceCode = code,
            Description = Text(report, "text"),
            AgencyResponsible = AgencyOf(history, call.Plan),
            ServiceNotice = "",
            RequestedDatetime = Time(report.TimeNs, call),
            UpdatedDatetime = Time(Math.Max(report.TimeNs, latest.TimeNs), call),
            ExpectedDatetime = history.Changes.Reverse().Select(p => p.Fields.GetValueOrDefault("deadline")).OfType<long>()
                .Select(s => call.Say(DateTimeOffset.FromUnixTimeSeconds(s))).FirstOrDefault(),
            Address = Text(report, "address"),
            AddressId = Text(report, "address_id"),
            Lat = report.Fields.GetValueOrDefault("lat") as double?,
            Long = report.Fields.GetValueOrDefault("lon") as double?,
            MediaUrl = Text(report, "media_url"),
        };
    }

    // "overdue" is a clock's word and no step of the case. Nothing comes before the report, whatever the clock of the
    // system says that closed the case in the same second.
    private static Point? Latest(CaseHistory history) => history.Changes
        .Where(p => p.Tags.GetValueOrDefault("state") is not (null or "overdue"))
        .OrderBy(p => p.Tags["state"] != "reported").LastOrDefault();

    private static string StateName(Point point, Open311Call call)
    {
        string state = point.Tags["state"];
        return call.Plan.Measurements.ByName["incident"].FindTag("state")?.ValueNames.GetValueOrDefault(state) is { } names ? call.Say(names) : state;
    }

    // The department's name stands in the table that gave it its code.
    private static string? AgencyOf(CaseHistory history, IngestPlan plan)
    {
        string? dept = history.Changes.Reverse().Select(p => p.Tags.GetValueOrDefault("dept")).FirstOrDefault(d => d is not (null or "other"));
        if (dept is null || !plan.Lookups.TryGetValue("departments", out LookupTable? table)) return dept;
        return table.Rows.Where(r => r.Get("dept") == dept).Select(r => r.Get("name")).FirstOrDefault() ?? dept;
    }

    private static string? Text(Point point, string field) => point.Fields.GetValueOrDefault(field) as string;

    private static string Time(long ns, Open311Call call) => call.Say(ObservationTime.FromUnixNs(ns));
}
