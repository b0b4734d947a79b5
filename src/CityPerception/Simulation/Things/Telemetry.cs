namespace CityPerception.Simulation.Things;

/// <summary>All things of the city, made from the list of devices. A new kind is a file beside this one and a line here.</summary>
internal static class Telemetry
{
    /// <summary>Of all messages; the rest is people's and offices'.</summary>
    public const double Share = 1 - Offices.CityOffices.Share;

    /// <summary>Puts them into the city; returns the names that they publish under.</summary>
    public static IEnumerable<string> Populate(CityModel city)
    {
        List<Thing> things = [.. Make(city)];
        if (things.Count == 0) return [];

        double atLifeSpeed = things.Sum(t => 1 / t.EverySeconds), wanted = city.Options.Rate * Share;
        foreach (Thing thing in things)
        {
            thing.Interval = TimeSpan.FromSeconds(thing.EverySeconds * atLifeSpeed / wanted);
            city.Schedule(city.Start + thing.Interval * thing.Random.NextDouble(), thing);
        }

        var meters = things.OfType<NoiseMeter>().ToList();
        if (city.Options.NoiseEpisodeEvery > TimeSpan.Zero && meters.Count > 0)
            city.Schedule(city.Start + city.Options.NoiseEpisodeEvery / 4, new NoiseEpisodes(meters, city.RandomFor("noise episodes")));
        return things.Select(t => t.Sender);
    }

    private static IEnumerable<Thing> Make(CityModel city)
    {
        foreach (Device device in city.Devices)
        {
            Random random = city.RandomFor(device.Id);
            Thing? thing = device.Kind switch
            {
                "AQ" => new AirStation(device) { Random = random },
                "NM" => new NoiseMeter(device) { Random = random },
                "WQ" => new WaterStation(device) { Random = random },
                "MH" => new Manhole(device) { Random = random },
                "FG" => new FloodGauge(device) { Random = random },
                "WX" => new WeatherStation(device) { Random = random },
                "SM" => new SenmlStation(device) { Random = random },
                _ => null, // lamps hang on cabinets, below
            };
            if (thing is not null) yield return thing;
        }

        foreach (IGrouping<string, Device> grid in city.Devices.Where(d => d.Kind == "LP").GroupBy(d => d.Grid))
            foreach (Device[] lamps in grid.Chunk(LampCabinet.Lamps))
                yield return new LampCabinet([.. lamps]) { Random = city.RandomFor("cabinet " + lamps[0].Id) };

        foreach (IGrouping<string, Device> district in city.Devices.GroupBy(d => d.District))
            yield return new TelegrafGateway([.. district]) { Random = city.RandomFor("gateway " + district.Key) };
    }
}
