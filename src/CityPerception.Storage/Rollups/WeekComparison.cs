using CityPerception.Core.Channels;
using CityPerception.Core.Standards;

namespace CityPerception.Storage.Rollups;

/// <summary>How unusual counts are against the same window of the four weeks before (<see cref="Baseline"/>).</summary>
internal sealed class WeekComparison(FirstPoints firsts, PartialReader reader, TimeZoneInfo zone)
{
    /// <summary>Puts the scores of inputs in place of their values. Where a week lies before the first observation there ever was, it does not count.</summary>
    public async Task AddAsync(KpiInput[] inputs, ViewWindow window, DateTimeOffset from, DateTimeOffset to, IReadOnlyDictionary<DateTimeOffset, WindowPartials> windows, CancellationToken cancellationToken)
    {
        KpiInput[] counts = [.. inputs.Select(static i => i with { IsAgainstWeeks = false })];
        IReadOnlyDictionary<DateTimeOffset, WindowPartials> now = await reader.ReadAsync(counts, window, from, to, cancellationToken);
        var weeks = new IReadOnlyDictionary<DateTimeOffset, WindowPartials>[KpiInput.Weeks];
        for (int week = 1; week <= weeks.Length; week++)
            weeks[week - 1] = await reader.ReadAsync(counts, window, Earlier(window, from, week), Earlier(window, to, week), cancellationToken);

        foreach (KpiInput input in counts)
        {
            DateTimeOffset first = await firsts.OfAsync(input.Measurement, input.Field, to, cancellationToken);
            foreach ((DateTimeOffset start, WindowPartials partials) in now)
            {
                WindowPartials[] before = [.. weeks.Select((w, i) => (At: Earlier(window, start, i + 1), w)).Where(w => w.At >= first).Select(static w => w.w[w.At])];
                if (before.Length < Baseline.Weeks) continue;
                foreach (ViewKey key in before.Append(partials).SelectMany(p => p[input.Key].Keys).Distinct())
                {
                    double count = CountOf(partials, input, key);
                    // Few are never unusual.
                    double score = Baseline.Z(count, [.. before.Select(b => CountOf(b, input, key))]) ?? 0;
                    windows[start].Of(input.Key)[key] = new Partial((long)Math.Max(count, 1), score);
                }
            }
        }
    }

    private static double CountOf(WindowPartials partials, KpiInput input, ViewKey key) => input.ValueOf(partials[input.Key].GetValueOrDefault(key, Partial.None));

    private DateTimeOffset Earlier(ViewWindow window, DateTimeOffset start, int weeks) => KpiInput.Earlier(window, start, weeks, zone);
}
