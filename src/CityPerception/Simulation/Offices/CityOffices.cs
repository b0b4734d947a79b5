namespace CityPerception.Simulation.Offices;

/// <summary>All that people and offices send. A new office is a file beside this one and a line here.</summary>
internal static class CityOffices
{
    /// <summary>Of all messages, by day.</summary>
    public const double Share = 0.16;

    public static void Populate(CityModel city)
    {
        var places = Places.Of(city.Devices);
        Office[] offices =
        [
            new GridStaff(city, places),
            new Callers(city, places),
            new BusinessTips(city),
            new SentimentPosts(city),
            new Approvals(city),
            new Inspections(city),
            new Enforcements(city),
            new Projects(city),
            new EntityRegister(city),
            new Indicators(city),
        ];
        foreach (Office office in offices) city.Schedule(city.Start + office.Pause(city.Start), office);
        city.Schedule(city.Start, new HotlineCentre(city));
    }
}
