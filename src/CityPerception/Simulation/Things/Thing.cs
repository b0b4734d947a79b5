namespace CityPerception.Simulation.Things;

/// <summary>A device that sends at its interval.</summary>
/// <param name="device">Where it stands.</param>
/// <param name="everySeconds">Its interval in life; the rate of the simulation stretches or shortens all of them alike.</param>
internal abstract class Thing(Device device, double everySeconds) : IActor
{
    public Device Device { get; } = device;

    public double EverySeconds { get; } = everySeconds;

    /// <summary>The name that it publishes under.</summary>
    public virtual string Sender => Device.Id;

    /// <summary>The interval in the simulation.</summary>
    public TimeSpan Interval { get; set; }

    /// <summary>This device's own luck.</summary>
    public required Random Random { get; init; }

    public DateTimeOffset? Act(CityModel city, DateTimeOffset now)
    {
        Send(city, now);
        return now + Interval;
    }

    protected abstract void Send(CityModel city, DateTimeOffset now);

    /// <summary>A little scatter, as between two readings of one instrument.</summary>
    protected double Scatter(double size) => (Random.NextDouble() + Random.NextDouble() - 1) * size;
}
