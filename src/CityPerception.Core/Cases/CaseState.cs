using System.Collections.Immutable;

namespace CityPerception.Core.Cases;

/// <summary>A case as it stands, by its points and the configuration alone: no clock is asked.</summary>
public sealed record CaseState
{
    public required string State { get; init; }

    /// <summary>The last that is known of each; empty for never told.</summary>
    public required string District { get; init; }

    public required string Grid { get; init; }

    public required string Category { get; init; }

    public required string Dept { get; init; }

    /// <summary>Its first event, in ms since 1970 UTC.</summary>
    public required long BegunMs { get; init; }

    /// <summary>When it came to its state.</summary>
    public required long ChangedMs { get; init; }

    /// <summary>When it ended, if it has.</summary>
    public long? EndedMs { get; init; }

    public long? DeadlineMs { get; init; }

    /// <summary>A system sent the deadline; otherwise it follows from the configured limits.</summary>
    public bool IsDeadlineSent { get; init; }

    /// <summary>It was not ended at its deadline: overdue if that is past.</summary>
    public bool Misses { get; init; }

    /// <summary>Of a closed case; null while it is not closed, or has no deadline and nobody says.</summary>
    public bool? OnTime { get; init; }

    public int Reworks { get; init; }

    public int Returns { get; init; }

    public bool? Mediated { get; init; }

    public bool? Agreed { get; init; }

    /// <summary>Points of the state overdue that have to be written or taken back, and when.</summary>
    public required ImmutableArray<OverduePoint> Corrections { get; init; }

    /// <summary>When the first of them is due; null for none.</summary>
    public long? ClockMs => Corrections.IsEmpty ? null : Corrections.Min(c => c.TimeMs);

    public bool IsOpen => !CaseStates.IsEnd(State);

    /// <summary>What follows from the points of a case; null where none says a state.</summary>
    public static CaseState? Fold(CaseEvents events, CaseTerms terms)
    {
        List<CaseStep> steps = StepsOf(events);
        if (steps.Count == 0) return null;

        // What is asked of a resident afterwards does not open a case again.
        int last = steps.FindLastIndex(s => s.State != CaseStates.Visited);
        CaseStep now = steps[last < 0 ? ^1 : last];
        CaseTraits traits = CaseTraits.Of(events, terms);
        long begun = steps.Min(s => s.TimeMs);
        long? sent = traits.DeadlineMs, deadline = sent ?? CaseDeadline.Compute(traits, steps, begun, terms);
        bool isClosed = now.State == CaseStates.Closed;
        bool misses = deadline is { } due && !IsEndedAt(steps, due) && !(isClosed && now.OnTime == true);
        return new CaseState
        {
            State = now.State,
            District = traits.District,
            Grid = traits.Grid,
            Category = traits.Category,
            Dept = traits.Dept,
            BegunMs = begun,
            ChangedMs = now.TimeMs,
            EndedMs = CaseStates.IsEnd(now.State) ? now.TimeMs : null,
            DeadlineMs = deadline,
            IsDeadlineSent = sent is not null,
            Misses = misses,
            OnTime = !isClosed ? null : now.OnTime ?? (deadline is null ? null : !misses),
            Reworks = steps.Count(s => s.State == CaseStates.Rework),
            Returns = steps.Count(s => s.State == CaseStates.Returned),
            Mediated = traits.Mediated,
            Agreed = traits.Agreed,
            Corrections = deadline is { } at ? OverduePoint.Corrections(events, traits, at, misses) : [],
        };
    }

    /// <summary>Its changes of state, in their order, each once.</summary>
    public static List<CaseStep> StepsOf(CaseEvents events)
    {
        List<CaseStep> steps = new(events.Points.Count);
        foreach (CaseEvent point in events.Points)
        {
            string state = CaseStates.Normal(point.Measurement, point.State);
            if (state is CaseStates.Overdue or "") continue; // a clock's word, and no step of the case
            long ms = point.TimeMs;
            int same = steps.FindIndex(s => s.State == state && s.TimeMs == ms);
            if (same < 0) steps.Add(new CaseStep(state, ms, point.OnTime));
            else if (point.OnTime is not null) steps[same] = steps[same] with { OnTime = point.OnTime };
        }

        steps.Sort(CaseStep.Compare);
        return steps;
    }

    // A case that was closed in time and opened again afterwards was closed by its deadline all the same.
    private static bool IsEndedAt(List<CaseStep> steps, long ms)
    {
        int last = steps.FindLastIndex(s => s.TimeMs <= ms && s.State != CaseStates.Visited);
        return last >= 0 && CaseStates.IsEnd(steps[last].State);
    }
}
