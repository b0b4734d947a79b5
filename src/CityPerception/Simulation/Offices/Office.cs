namespace CityPerception.Simulation.Offices;

/// <summary>People or an office that act at random moments, more often when they are awake or open.</summary>
/// <param name="city">Its rate is what the share is of.</param>
/// <param name="name">Of its random sequence.</param>
/// <param name="share">Of all messages of the city, 0 to 1.</param>
/// <param name="messagesAnAct">How many messages one act brings in the end, a case's whole life included.</param>
/// <param name="rhythm">How busy it is at a time of day, 0 to 1.</param>
internal abstract class Office(CityModel city, string name, double share, double messagesAnAct, Func<DateTimeOffset, double> rhythm) : IActor
{
    private readonly double _actsASecond = city.Options.Rate * share / messagesAnAct;

    protected Random Random { get; } = city.RandomFor(name);

    public DateTimeOffset? Act(CityModel city, DateTimeOffset now)
    {
        Send(city, now);
        return now + Pause(now);
    }

    /// <summary>Until its next act: exponentially distributed, as independent people make it.</summary>
    public TimeSpan Pause(DateTimeOffset now)
    {
        double seconds = -Math.Log(1 - Random.NextDouble()) / (_actsASecond * rhythm(now));
        return TimeSpan.FromSeconds(Math.Min(seconds, 3600)); // an hour later the rhythm is another
    }

    protected abstract void Send(CityModel city, DateTimeOffset now);

    protected T Pick<T>(IReadOnlyList<T> of) => of[Random.Next(of.Count)];
}
