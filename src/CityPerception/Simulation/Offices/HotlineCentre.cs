using System.Globalization;

namespace CityPerception.Simulation.Offices;

/// <summary>The 12345 centre's telephone system: after each minute, one line (NDJSON) a district of calls offered and answered.</summary>
internal sealed class HotlineCentre(CityModel city) : IActor
{
    private readonly Random _random = city.RandomFor("hotline centre");

    public DateTimeOffset? Act(CityModel city, DateTimeOffset now)
    {
        DateTimeOffset minute = Floor(now);
        Draft draft = city.Begin(now, FaultScope.Plain);
        foreach (string district in Places.ByPopulation.Distinct())
        {
            double mean = (district == "140403" ? 14 : 4) * Rhythm.People(now);
            int offered = Poisson(mean), missed = Enumerable.Range(0, offered).Count(_ => _random.NextDouble() < 0.03 + 0.04 * Rhythm.People(now));
            int answered = offered - missed, quick = Enumerable.Range(0, answered).Count(_ => _random.NextDouble() < 0.93);
            double wait = 4 + 9 * _random.NextDouble();
            draft.Raw(string.Create(CultureInfo.InvariantCulture,
                $"{{\"minute\":\"{Rhythm.Local(draft.At(minute)):yyyy/MM/dd HH:mm}\",\"county\":\"{Places.NameOf(district)}\",\"offered\":{offered},\"answered\":{answered},\"within15s\":{quick},\"waitAvg\":\"{wait:0.0}\"}}\n"));
        }

        city.Post("hotline-call", "12345", draft, "application/x-ndjson");
        return Floor(now).AddMinutes(1).AddSeconds(2);
    }

    private int Poisson(double mean)
    {
        int count = 0;
        for (double left = Math.Exp(-mean), product = _random.NextDouble(); product > left; product *= _random.NextDouble()) count++;
        return count;
    }

    private static DateTimeOffset Floor(DateTimeOffset time) =>
        new(time.UtcTicks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, TimeSpan.Zero);
}
