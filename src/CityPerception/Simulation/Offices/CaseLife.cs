namespace CityPerception.Simulation.Offices;

/// <summary>One change of a case's state.</summary>
/// <param name="State">As channels name it: reported … closed.</param>
/// <param name="Hours">Since it was reported, in the hours of life.</param>
/// <param name="StageHours">Since the state before.</param>
internal sealed record CaseStep(string State, double Hours, double StageHours);

/// <summary>How cases go: from report to closing, some with detours, one in seven too late.</summary>
internal static class CaseLife
{
    /// <summary>A case of the city management platform (上报 … 结案), with its limit in hours.</summary>
    public static List<CaseStep> Incident(Random random, double limitHours)
    {
        var life = new Life(random);
        life.Then("reported", 0).Then("verified", Between(random, 0.1, 0.5));
        if (random.NextDouble() < 0.05) return life.Then("cancelled", 0.1).Steps;

        life.Then("accepted", Between(random, 0.02, 0.15)).Then("filed", Between(random, 0.05, 0.4)).Then("dispatched", Tail(random, 0.4));
        if (random.NextDouble() < 0.05) life.Then("returned", Between(random, 0.5, 2)).Then("dispatched", Between(random, 0.3, 1));
        life.Then("signed", Tail(random, 0.7)).Then("disposed", Work(random, limitHours));
        if (random.NextDouble() < 0.04) life.Then("rework", Between(random, 0.5, 2)).Then("disposed", Work(random, limitHours / 3));
        return life.Then("checked", Between(random, 0.3, 1.5)).Then("closed", Between(random, 0.05, 0.5)).Steps;
    }

    /// <summary>A ticket, a tip: taken, handed on, answered, closed.</summary>
    public static List<CaseStep> Request(Random random, double limitHours) =>
        new Life(random).Then("accepted", 0).Then("dispatched", Tail(random, 0.3)).Then("signed", Tail(random, 3))
            .Then("disposed", Work(random, limitHours)).Then("closed", Between(random, 0.3, 3)).Steps;

    // Most work is done in half the time, one in seven takes longer than the limit.
    private static double Work(Random random, double limitHours) => limitHours * 0.45 * Math.Exp(0.75 * Normal(random));

    private static double Tail(Random random, double middle) => middle * Math.Exp(0.8 * Normal(random));

    private static double Between(Random random, double from, double to) => from + (to - from) * random.NextDouble();

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private sealed class Life(Random random)
    {
        private double _hours;

        public List<CaseStep> Steps { get; } = [];

        public Life Then(string state, double afterHours)
        {
            _hours += afterHours * (0.9 + 0.2 * random.NextDouble());
            Steps.Add(new CaseStep(state, _hours, Steps.Count == 0 ? 0 : _hours - Steps[^1].Hours));
            return this;
        }
    }
}

/// <summary>A case on its way: writes each step when its time, scaled by the simulation's speed, has come.</summary>
internal sealed class OpenCase(DateTimeOffset born, IReadOnlyList<CaseStep> steps, Action<CityModel, DateTimeOffset, int> write) : IActor
{
    private int _next;

    public static void Begin(CityModel city, DateTimeOffset born, IReadOnlyList<CaseStep> steps, Action<CityModel, DateTimeOffset, int> write) =>
        city.Schedule(born, new OpenCase(born, steps, write));

    public DateTimeOffset? Act(CityModel city, DateTimeOffset now)
    {
        write(city, now, _next++);
        return _next < steps.Count ? born + city.Scaled(TimeSpan.FromHours(steps[_next].Hours)) : null;
    }
}
