namespace CityPerception.Simulation.Offices;

/// <summary>People who feel what a device feels, and say so ten minutes later: where the two senses meet.</summary>
internal static class Residents
{
    private static readonly TimeSpan After = TimeSpan.FromMinutes(10);

    /// <summary>Somebody complains for certain.</summary>
    public static void Complain(CityModel city, DateTimeOffset now, CityTopic topic, Device device) =>
        city.Schedule(now + city.Scaled(After), new Complaint(topic, device));

    /// <summary>Six times in ten somebody sees it; the other alarms stay the device's alone.</summary>
    public static void MayComplain(CityModel city, DateTimeOffset now, CityTopic topic, Device device)
    {
        if (Seeds.Noise(city.Options.Seed, now.UtcTicks) < 0.2) Complain(city, now, topic, device);
    }

    private sealed class Complaint(CityTopic topic, Device device) : IActor
    {
        public DateTimeOffset? Act(CityModel city, DateTimeOffset now)
        {
            Random random = city.RandomFor($"complaint {device.Id} {now.UtcTicks}");
            Place place = Places.Of(device).Nearby(random);
            // By the app, with a position, and by telephone, with a grid: both kinds of evidence.
            if (random.Next(2) == 0) GridStaff.Open(city, now, topic, place, "app", random);
            else Callers.Open(city, now, topic, "投诉", place, random);
            return null;
        }
    }
}
