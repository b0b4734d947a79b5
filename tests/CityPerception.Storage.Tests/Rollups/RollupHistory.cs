using System.Collections.Immutable;
using CityPerception.Core.Channels;
using CityPerception.Core.Observations;
using CityPerception.Storage.Rollups;
using CityPerception.TestKit;
using CsCheck;

namespace CityPerception.Storage.Tests.Rollups;

/// <summary>What came in and when the jobs ran: late, twice and out of order.</summary>
/// <param name="Steps">One after the other.</param>
internal sealed record RollupHistory(ImmutableArray<RollupHistory.Step> Steps)
{
    /// <param name="Seconds">Since the step before.</param>
    /// <param name="Samples">What comes then.</param>
    /// <param name="Repeated">Which of all that came before come again.</param>
    /// <param name="Runs">Whether the jobs run after it.</param>
    internal sealed record Step(int Seconds, Sample[] Samples, int[] Repeated, bool Runs)
    {
        public override string ToString() => $"after {Seconds} s: {string.Join(", ", Samples.AsEnumerable())}; again {string.Join(',', Repeated)}{(Runs ? "; run" : "")}";
    }

    /// <param name="Kind">A report, a noise level, a station's value, a manhole's state.</param>
    /// <param name="Number">Which device or case.</param>
    /// <param name="District">Which of two, the city, or none.</param>
    /// <param name="Late">0 for now, 1 for the beginning of the history.</param>
    /// <param name="Level">The value.</param>
    internal sealed record Sample(int Kind, int Number, int District, double Late, int Level);

    private static readonly string[] Districts = ["140403", "140404", "140400", ""];

    /// <summary>Histories of a length.</summary>
    /// <param name="steps">At most so many steps.</param>
    /// <param name="samples">At most so many samples a step.</param>
    /// <param name="pause">At most so many seconds from a step to the next.</param>
    public static Gen<RollupHistory> Of(int steps, int samples, int pause)
    {
        // A third comes late, by any time that there was; the rest within the last minutes.
        Gen<double> late = Gen.Frequency((1, Gen.Double[0, 1]), (2, Gen.Double[0, 1].Select(static d => d * 0.02)));
        Gen<Sample> sample = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 29], Gen.Int[0, 3], late, Gen.Int[40, 80], static (kind, number, district, l, level) => new Sample(kind, number, district, l, level));
        Gen<int> seconds = Gen.Frequency((1, Gen.Int[1, pause]), (2, Gen.Int[1, 200]));
        Gen<Step> step = Gen.Select(seconds, sample.Array[0, samples], Gen.Int[0, 1_000].Array[0, 2], Gen.Bool, static (s, all, again, runs) => new Step(s, all, again, runs));
        return step.Array[1, steps].Select(static s => new RollupHistory([.. s]));
    }

    /// <summary>Plays it bit by bit in one place, tells all of it at once in another, and compares what both show.</summary>
    public async Task CompareAsync(RollupWorks bitByBit, RollupWorks anew)
    {
        DateTimeOffset begin = bitByBit.Clock.GetUtcNow(), now = begin;
        TimeZoneInfo zone = anew.City.Zone;
        await bitByBit.RunAsync();
        List<string> all = [];
        foreach (Step step in Steps)
        {
            now += TimeSpan.FromSeconds(step.Seconds);
            bitByBit.Clock.SetUtcNow(now);
            string[] lines = [.. step.Samples.Select(s => LineOf(s, begin, now)), .. all.Count == 0 ? [] : step.Repeated.Select(r => all[r % all.Count])];
            all.AddRange(lines);
            await bitByBit.StoreAsync(lines);
            if (step.Runs) await bitByBit.RunAsync();
        }

        DateTimeOffset end = ViewWindows.Next(ViewWindow.Day, ViewWindows.StartOf(ViewWindow.Day, now, zone), zone);
        bitByBit.Clock.SetUtcNow(end.AddSeconds(5));
        for (int run = 0; run < 3; run++) await bitByBit.RunAsync();

        await anew.StoreAsync([.. all]);
        DateTimeOffset from = ViewWindows.StartOf(ViewWindow.Day, begin, zone);
        await anew.ComputeAsync(begin - RollupJob.Grace, end); // where the jobs began

        SortedDictionary<string, string> expected = await anew.ViewsAsync(from, end), found = await bitByBit.ViewsAsync(from, end);
        foreach ((string view, string value) in found) Assert.Equal($"{view}: {expected.GetValueOrDefault(view)}", $"{view}: {value}");
        // Windows from before the first run that nothing touched were never computed.
        foreach ((string view, string value) in expected.Where(static v => !v.Value.Contains("n=0", StringComparison.Ordinal))) Assert.True(found.ContainsKey(view), $"{view} is missing: {value}");
    }

    public override string ToString() => string.Join('\n', Steps);

    private static string LineOf(Sample sample, DateTimeOffset begin, DateTimeOffset now)
    {
        // To the second, so that some points are the same.
        var at = DateTimeOffset.FromUnixTimeSeconds((now - sample.Late * (now - begin)).ToUnixTimeSeconds());
        string district = Districts[sample.District];
        return sample.Kind switch
        {
            0 => RollupTests.Incident(at, sample.Number, district, sample.Level % 2 == 0 ? "reported" : "filed"),
            1 => Lines.Line("noise", [("device", $"n{sample.Number % 3}"), ("district", district)], [("leq", (double)sample.Level)], at.ToUnixNs()),
            2 => Lines.Line("air_quality", [("device", $"a{sample.Number % 3}"), ("district", district)], [("pm25", (double)sample.Level)], at.ToUnixNs()),
            _ => Lines.Line("manhole", [("device", $"m{sample.Number % 5}"), ("district", district)], [("open", sample.Level % 2)], at.ToUnixNs()),
        };
    }
}
