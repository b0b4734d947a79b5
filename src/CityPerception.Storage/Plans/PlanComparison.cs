using System.Collections.Immutable;
using System.Globalization;
using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Core.Queries;
using CityPerception.Storage.Rollups;

namespace CityPerception.Storage.Plans;

/// <summary>What of a configuration makes views.</summary>
/// <param name="City">Its districts and zone.</param>
/// <param name="Channels">Its channels.</param>
public sealed record PlanSide(City City, IReadOnlyCollection<Channel> Channels);

/// <summary>
/// Computes the KPIs that a changed configuration says otherwise, both ways, from the same stored points, and compares. Writes
/// nothing. KPIs that both say alike are left out; where the city's standards, permits, targets or the schedules of sources differ, all
/// that may depend on them are computed, and told of where anything differs.
/// </summary>
public sealed class PlanComparison(RollupInputs inputs, TimeProvider clock)
{
    private const int MinutesAtOnce = 360, HoursAtOnce = 168, DaysAtOnce = 31;

    /// <summary>Compares.</summary>
    /// <param name="now">The present configuration.</param>
    /// <param name="then">The changed one.</param>
    /// <param name="from">Windows that begin from then on.</param>
    /// <param name="report">Is told the share that is done, and what it is at.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>One for each KPI that is said otherwise or differs, and length of windows.</returns>
    /// <exception cref="StoreUnavailableException">The store does not answer now.</exception>
    public async Task<ImmutableArray<KpiDifference>> RunAsync(PlanSide now, PlanSide then, DateTimeOffset from, Func<double, string, ValueTask> report, CancellationToken cancellationToken)
    {
        List<Pair> pairs = [.. Pairs(now, then)];
        ImmutableArray<KpiDifference>.Builder differences = ImmutableArray.CreateBuilder<KpiDifference>(pairs.Count);
        int done = 0;
        foreach (Pair pair in pairs)
        {
            await report((double)done / pairs.Count, $"{pair.Channel} {pair.Id} {ViewWindows.NameOf(pair.Window)}");
            KpiDifference difference = await CompareAsync(pair, now.City, then.City, from, cancellationToken);
            done++;
            if (pair.IsSaidOtherwise || difference.IsAny) differences.Add(difference);
        }

        return differences.ToImmutable();
    }

    private static IEnumerable<Pair> Pairs(PlanSide now, PlanSide then)
    {
        bool isSameCity = Describe(now.City) == Describe(then.City);
        bool judgesAlike = now.City.Standards == then.City.Standards && now.City.Sites.SaysSame(then.City.Sites), expectsAlike = Describe(now.City.Schedules) == Describe(then.City.Schedules);
        foreach (string slug in now.Channels.Concat(then.Channels).Select(static c => c.Slug).Distinct().Order(StringComparer.Ordinal))
        {
            Channel? a = now.Channels.FirstOrDefault(c => c.Slug == slug), b = then.Channels.FirstOrDefault(c => c.Slug == slug);
            foreach (string id in (a?.Kpis ?? []).Concat(b?.Kpis ?? []).Select(static k => k.Id).Distinct())
            {
                Kpi? before = a?.Find(id), after = b?.Find(id);
                bool isSaidAlike = isSameCity && before is not null && after is not null && Describe(before) == Describe(after);
                if (isSaidAlike && (judgesAlike || before!.Inputs.All(static i => i.Calculation is null)) && (expectsAlike || before!.Coverage.IsEmpty)) continue;
                foreach (ViewWindow window in (before?.Windows ?? []).Concat(after?.Windows ?? []).Distinct().Order())
                    yield return new Pair(slug, id, window, Has(before, window), Has(after, window), !isSaidAlike);
            }
        }

        static Kpi? Has(Kpi? kpi, ViewWindow window) => kpi?.Windows.Contains(window) == true ? kpi : null;
    }

    private static string Describe(City city) => $"{city.Code} {city.Zone.Id} {string.Join(' ', city.Districts.Select(static d => d.Code))}";

    private static string Describe(ImmutableDictionary<string, TimeSpan> schedules) => string.Join(' ', schedules.OrderBy(static s => s.Key, StringComparer.Ordinal));

    private static string Describe(Kpi kpi) => string.Create(CultureInfo.InvariantCulture,
        $"{string.Join(';', kpi.Inputs.Select(static i => $"{i.Name}={i.Key}"))} {kpi.Formula} by {kpi.By} over {string.Join(',', kpi.Windows)} from {kpi.MinSamples} and {kpi.MinCoverage}: ") + (kpi.Levels is { } l
            ? string.Create(CultureInfo.InvariantCulture, $"{string.Join(' ', l.Bands.Select(static b => string.Create(CultureInfo.InvariantCulture, $"{b.Min:R}..{b.Max:R}")))} of {l.Of} hold {l.Hold} {l.PerDistrict}")
            : "");

    private async Task<KpiDifference> CompareAsync(Pair pair, City nowCity, City thenCity, DateTimeOffset from, CancellationToken cancellationToken)
    {
        var count = new DifferenceCount(pair.Channel, pair.Id, pair.Window);
        var now = new Computed(inputs, pair.Now, nowCity, pair.Window);
        var then = new Computed(inputs, pair.Then, thenCity, pair.Window);
        DateTimeOffset end = ViewWindows.StartOf(pair.Window, clock.GetUtcNow() - RollupJob.Grace, nowCity.Zone);
        int atOnce = pair.Window switch { ViewWindow.Minute => MinutesAtOnce, ViewWindow.Hour => HoursAtOnce, _ => DaysAtOnce };
        for (DateTimeOffset start = ViewWindows.StartOf(pair.Window, from, nowCity.Zone); start < end;)
        {
            DateTimeOffset to = ViewWindows.Back(pair.Window, start, -atOnce, nowCity.Zone);
            if (to > end) to = end;
            ILookup<DateTimeOffset, ChannelView> before = await now.ViewsAsync(start, to, cancellationToken), after = await then.ViewsAsync(start, to, cancellationToken);
            foreach (DateTimeOffset window in before.Concat(after).Select(static v => v.Key).Distinct().Order()) count.Add([.. before[window]], [.. after[window]]);
            start = to;
        }

        return count.ToDifference();
    }

    private sealed record Pair(string Channel, string Id, ViewWindow Window, Kpi? Now, Kpi? Then, bool IsSaidOtherwise);

    /// <summary>The views of one KPI, with hysteresis from piece to piece.</summary>
    private sealed class Computed(RollupInputs inputs, Kpi? kpi, City city, ViewWindow window)
    {
        private Dictionary<(ViewKey, DateTimeOffset), ChannelView> _before = [];

        public async Task<ILookup<DateTimeOffset, ChannelView>> ViewsAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
        {
            if (kpi is null) return Array.Empty<ChannelView>().ToLookup(static v => v.Start);
            IReadOnlyDictionary<DateTimeOffset, WindowPartials> partials = await inputs.ReadRangeAsync([.. kpi.Asked], window, (from, to), city, cancellationToken, fromPoints: true);
            var calculator = new ViewCalculator(city.Code, [.. city.Districts.Select(static d => d.Code)]);
            Dictionary<(ViewKey, DateTimeOffset), ChannelView> own = partials.SelectMany(w => calculator.Compute(kpi, window, w.Key, w.Value)).ToDictionary(static v => (v.Key, v.Start));
            List<ChannelView> views = [.. own.Values.Select(v => v with
            {
                Level = ShownLevels.Of(v, kpi.Levels, city.Zone, start => own.GetValueOrDefault((v.Key, start)) ?? _before.GetValueOrDefault((v.Key, start))),
            })];
            _before = own;
            return views.ToLookup(static v => v.Start);
        }
    }
}
