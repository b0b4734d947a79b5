using System.Collections.Frozen;
using CityPerception.Core.Cities;
using CityPerception.Core.Mapping;

namespace CityPerception.Core.Cases;

/// <summary>What of the configuration the state of a case depends on.</summary>
/// <param name="CityCode">In the tag district it stands for a place that nobody knows better.</param>
/// <param name="Zone">Of the city's calendar.</param>
/// <param name="Calendar">When the administration works.</param>
/// <param name="Limits">How long a case may take whose deadline nobody sent.</param>
/// <param name="Sources">Every source that is configured.</param>
public sealed record CaseTerms(string CityCode, TimeZoneInfo Zone, WorkingCalendar Calendar, CaseLimits Limits, FrozenSet<string> Sources)
{
    public static CaseTerms Of(IngestPlan plan) => new(plan.City.Code, plan.City.Zone, plan.City.Calendar, plan.CaseLimits, plan.Sources.Keys.ToFrozenSet());

    /// <summary>A time as the city's clocks show it.</summary>
    public DateTime Local(long ms) => TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(ms), Zone).DateTime;
}
