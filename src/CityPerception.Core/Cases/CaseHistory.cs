namespace CityPerception.Core.Cases;

/// <summary>A step of a case with how long the stage before it took.</summary>
/// <param name="Step">The change of state.</param>
/// <param name="Hours">Since the step before, by the clock; 0 for the first.</param>
/// <param name="WorkingHours">The same in hours that the administration works, by the calendar of now.</param>
public readonly record struct CaseStage(CaseStep Step, double Hours, double WorkingHours);

/// <summary>The life of a case, stage by stage. Computed when it is asked for, with the calendar of now.</summary>
public static class CaseHistory
{
    public static IReadOnlyList<CaseStage> Of(CaseEvents events, CaseTerms terms)
    {
        List<CaseStep> steps = CaseState.StepsOf(events);
        return [.. steps.Select((step, i) => i == 0 ? new CaseStage(step, 0, 0) : Stage(steps[i - 1], step, terms))];
    }

    private static CaseStage Stage(CaseStep before, CaseStep step, CaseTerms terms) => new(
        step,
        Math.Round(Math.Max(0, step.TimeMs - before.TimeMs) / 3_600_000.0, 4),
        Math.Round(terms.Calendar.WorkingTime(terms.Local(before.TimeMs), terms.Local(step.TimeMs)).TotalHours, 4));
}
