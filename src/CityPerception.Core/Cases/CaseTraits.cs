namespace CityPerception.Core.Cases;

/// <summary>What the points of a case say of it, beside its states: of each the last that says something.</summary>
internal sealed record CaseTraits
{
    private const string Other = "other";

    /// <summary>The measurement of its channel, or case_event where it has none.</summary>
    public required string Measurement { get; init; }

    public string District { get; private set; } = "";

    public string Grid { get; private set; } = "";

    public string Category { get; private set; } = "";

    public string Dept { get; private set; } = "";

    public long? DeadlineMs { get; private set; }

    public bool? Mediated { get; private set; }

    public bool? Agreed { get; private set; }

    /// <param name="events">Its points.</param>
    /// <param name="terms">Says which district is no district.</param>
    public static CaseTraits Of(CaseEvents events, CaseTerms terms)
    {
        CaseEvent[] told = [.. events.Points.Where(static e => e.State != CaseStates.Overdue)];
        Array.Sort(told, static (a, b) =>
        {
            int by = CaseStep.Compare(StepOf(a), StepOf(b));
            return by != 0 ? by : CaseEvent.Compare(a, b);
        });
        var traits = new CaseTraits { Measurement = CaseMeasurements.All.First(m => told.Any(e => e.Measurement == m)) };
        foreach (CaseEvent point in told) traits.Take(point, terms.CityCode);
        return traits;
    }

    private static CaseStep StepOf(CaseEvent point) => new(CaseStates.Normal(point.Measurement, point.State), point.TimeMs, null);

    private void Take(CaseEvent point, string cityCode)
    {
        District = Better(point.District, District, cityCode);
        Grid = Better(point.Grid, Grid, "");
        Category = Better(point.Category, Category, Other);
        Dept = Better(point.Dept, Dept, Other);
        if (point.Deadline is > 0 and { } seconds) DeadlineMs = seconds * 1000;
        Mediated = point.Mediated ?? Mediated;
        Agreed = point.Agreed ?? Agreed;
    }

    // A later one counts, unless it says only that nobody knows.
    private static string Better(string later, string now, string unknown) =>
        later.Length == 0 || (later == unknown && now.Length > 0) ? now : later;
}
