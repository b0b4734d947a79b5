using System.Collections.Immutable;
using System.Globalization;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>The ranges of seconds in which delays of arrival are counted, by the tag <c>bound</c> of <c>ingest_delay</c>.</summary>
public static class DelayRanges
{
    private const string Endless = "more";

    /// <summary>The ends of the ranges, which are not in them; each begins where the one before ends, and after the last comes one without an end.</summary>
    public static ImmutableArray<int> Ends { get; } = [1, 5, 10, 30, 60, 120, 300, 900, 3_600, 21_600, 86_400];

    /// <summary>How many ranges there are.</summary>
    public static int Count => Ends.Length + 1;

    /// <summary>The name of a range.</summary>
    public static string NameOf(int range) => range < Ends.Length ? Ends[range].ToString(CultureInfo.InvariantCulture) : Endless;

    /// <summary>The range that a delay is in; what came before its time is in the first.</summary>
    public static int Of(long seconds)
    {
        int range = 0;
        while (range < Ends.Length && seconds >= Ends[range]) range++;
        return range;
    }

    /// <summary>A percentile of what is counted, interpolated within its range; in the last range, its beginning.</summary>
    /// <param name="counts">By the names of the ranges.</param>
    /// <param name="share">0.95 for the 95th.</param>
    /// <returns>Seconds; NaN where nothing is counted.</returns>
    public static double Percentile(IReadOnlyDictionary<string, long> counts, double share)
    {
        double left = share * counts.Values.Sum();
        for (int range = 0; range < Count; range++)
        {
            long count = counts.GetValueOrDefault(NameOf(range));
            double begin = range == 0 ? 0 : Ends[range - 1];
            if (count > 0 && left <= count) return range == Ends.Length ? begin : begin + (Ends[range] - begin) * left / count;
            left -= count;
        }

        return double.NaN;
    }
}
