using CityPerception.Core.Cities;

namespace CityPerception.Core.Cases;

/// <summary>The deadline of a case that no system sent one for.</summary>
internal static class CaseDeadline
{
    /// <summary>By the configured limit and the city's calendar; null where there is no limit, or the state that it runs from has not come.</summary>
    public static long? Compute(CaseTraits traits, List<CaseStep> steps, long begunMs, CaseTerms terms)
    {
        if (terms.Limits.Find(traits.Measurement, traits.Category) is not { } limit) return null;
        long start = begunMs;
        if (limit.From.Length > 0)
        {
            int from = steps.FindIndex(s => s.State == limit.From);
            if (from < 0) return null;
            start = steps[from].TimeMs;
        }

        return TimeLimit.Add(terms.Calendar, terms.Local(start), limit.Text) is { } end
            ? new DateTimeOffset(end, terms.Zone.GetUtcOffset(end)).ToUnixTimeMilliseconds()
            : null;
    }
}
