using CityPerception.Simulation;
using CityPerception.Tests.Simulation;

namespace CityPerception.Tests.Rollups;

/// <summary>A while of the demo's city with late and repeated data, as a store and its rollups live through it.</summary>
internal static class CityHours
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(10);

    /// <summary>Each step's lines: a twentieth of them come a step late, a fiftieth once more two steps later.</summary>
    public static List<string[]> Arrivals(DateTimeOffset start, TimeSpan simulated)
    {
        SimulationOptions options = City.Options();
        options.Rate = 12;
        options.Faults[SimulationFault.LateTwoDays] = 0.01;
        options.Faults[SimulationFault.Duplicate] = 0.02;
        List<string>[] steps = [.. Enumerable.Range(0, (int)(simulated / Step) + 2).Select(static _ => new List<string>())];
        int number = 0;
        foreach (Outgoing message in City.Model(options, start).For(simulated))
        {
            int step = (int)((message.Due - start) / Step);
            foreach (string line in Ingest.LinesOf(message.Map()))
            {
                number++;
                steps[number % 20 == 0 ? step + 1 : step].Add(line);
                if (number % 50 == 0) steps[step + 2].Add(line);
            }
        }

        Assert.True(number > 8_000, $"{number} lines");
        return [.. steps.Select(static s => s.ToArray())];
    }

    /// <summary>Stores what arrives, step by step, and runs the jobs after each; at last those of the day.</summary>
    public static async Task LiveAsync(CityRollups rollups, List<string[]> arrivals, DateTimeOffset start)
    {
        await rollups.OpenAsync();
        await rollups.RunAsync();
        for (int step = 0; step < arrivals.Count; step++)
        {
            rollups.Clock.SetUtcNow(start + (step + 1) * Step + TimeSpan.FromSeconds(5));
            await rollups.WriteAsync(arrivals[step]);
            await rollups.RunAsync();
        }

        // The day ends at 16:00 UTC.
        rollups.Clock.SetUtcNow(start.Date.AddHours(16).AddMinutes(1));
        for (int run = 0; run < 2; run++) await rollups.RunAsync();
    }
}
