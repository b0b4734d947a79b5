using System.Collections.Immutable;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>What is told of the two senses.</summary>
internal enum ResonanceAnswer
{
    /// <summary>Reports that a device near them noticed as well.</summary>
    Both,

    /// <summary>Reports that no device noticed though there is one near.</summary>
    HumanOnly,

    /// <summary>Alarms that nobody reported.</summary>
    ThingOnly,

    /// <summary>The median of the minutes by which the first alarm came before the report, where both noticed.</summary>
    Lead,
}

/// <summary>
/// Whether people and devices notice the same (双感共振). A report is confirmed by an alarm of its matter near it from two hours before
/// to half an hour after it; it is looked at when this half hour has passed, so a window has the reports up to half an hour before
/// its end. An episode, alarms of a device no more than half an hour apart, is alone where nobody reported it from half an hour before its
/// first alarm to two hours after; it counts when these have passed. Windows and distances are this project's defaults.
/// </summary>
internal sealed class Resonance(string name, ResonanceAnswer answer) : ICalculation
{
    private static readonly TimeSpan Before = TimeSpan.FromHours(2), After = TimeSpan.FromMinutes(30), Known = TimeSpan.FromHours(24);

    private static readonly Matter[] Matters = Enum.GetValues<Matter>();

    public string Name => name;

    public ImmutableArray<string> Measurements { get; } = [Report.Tickets, Report.Incidents, .. Alarms.Measurements];

    public ImmutableArray<ViewWindow> Windows { get; } = answer is ResonanceAnswer.Both or ResonanceAnswer.HumanOnly ? [ViewWindow.Hour] : [ViewWindow.Day];

    public bool Adds => answer is ResonanceAnswer.Both or ResonanceAnswer.HumanOnly;

    // A device that is heard of makes the reports of the 24 hours after measurable.
    public IEnumerable<(DateTimeOffset From, DateTimeOffset To)> LaterWindows(ViewWindow window, DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone) => [(from, to + Known + After)];

    public async Task<IReadOnlyList<CalculatedPartial>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken)
    {
        if (answer is ResonanceAnswer.ThingOnly) return Sum(scope, (await AloneAsync(scope, cancellationToken)).Select(e => (WindowOf(scope, e.Time + Before), e.Sensor.District, 1.0)), static v => v.Length);
        IReadOnlyList<Heard> heard = await scope.OnceAsync("reports and alarms", () => HeardAsync(scope, cancellationToken));
        var asked = answer is ResonanceAnswer.HumanOnly ? heard.Where(static h => h.Lead is null) : heard.Where(static h => h.Lead is not null);
        return Sum(scope, asked.Select(h => (WindowOf(scope, h.Report.Time + After), h.Report.District, h.Lead?.TotalMinutes ?? 0)), answer is ResonanceAnswer.Lead ? Median : static v => v.Length);
    }

    private static CalculatedPartial[] Sum(CalculationScope scope, IEnumerable<(DateTimeOffset Start, string District, double Value)> found, Func<double[], double> value) =>
    [
        .. scope.ByPlace(found, static f => (f.Start, f.District, ""))
            .Select(g => new CalculatedPartial(g.Key.Start, g.Key.Key, new Partial(g.Count(), value([.. g.Select(static f => f.Value)])))),
    ];

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[(values.Length - 1) / 2];
    }

    private static DateTimeOffset WindowOf(CalculationScope scope, DateTimeOffset time) => ViewWindows.StartOf(scope.Window, time, scope.City.Zone);

    // The reports that are looked at in a scope, of these that a device could have noticed.
    private static async Task<IReadOnlyList<Heard>> HeardAsync(CalculationScope scope, CancellationToken cancellationToken)
    {
        List<Heard> heard = [];
        var alarms = new Alarms(scope);
        foreach (var matter in (await Report.ReadAsync(scope, scope.From - After, scope.To - After, cancellationToken)).GroupBy(static r => r.Matter))
        {
            DateTimeOffset first = HourOf(matter.Min(static r => r.Time)), end = HourOf(matter.Max(static r => r.Time) + After).AddHours(1);
            ILookup<DateTimeOffset, Sensor> sensors = await alarms.SensorsAsync(matter.Key, first - Known, end, cancellationToken);
            IReadOnlyList<Alarm> noticed = await alarms.OfAsync(matter.Key, HourOf(first - Before).AddHours(-1), end, cancellationToken);
            foreach (Report report in matter)
            {
                if (!Hours(report.Time).SelectMany(h => sensors[h]).Any(s => IsNear(report, s))) continue;
                DateTimeOffset[] near = [.. noticed.Where(a => a.Time + Alarms.Slot > report.Time - Before && a.Time <= report.Time + After && IsNear(report, a.Sensor)).Select(static a => a.Time)];
                heard.Add(new Heard(report, near.Length == 0 ? null : report.Time - near.Min()));
            }
        }

        return heard;
    }

    private static async Task<IReadOnlyList<Alarm>> AloneAsync(CalculationScope scope, CancellationToken cancellationToken)
    {
        DateTimeOffset from = scope.From - Before, to = scope.To - Before;
        List<Report> reports = await Report.ReadAsync(scope, from - After, scope.To, cancellationToken);
        var alarms = new Alarms(scope);
        List<Alarm> alone = [];
        foreach (Matter matter in Matters)
        {
            Report[] same = [.. reports.Where(r => r.Matter == matter)];
            alone.AddRange(Beginnings(await alarms.OfAsync(matter, from.AddHours(-1), to, cancellationToken))
                .Where(a => a.Time >= from && !same.Any(r => r.Time >= a.Time - After && r.Time <= a.Time + Before && IsNear(r, a.Sensor))));
        }

        return alone;
    }

    private static IEnumerable<Alarm> Beginnings(IEnumerable<Alarm> alarms) => alarms.GroupBy(static a => a.Sensor.Device)
        .SelectMany(static device => device.OrderBy(static a => a.Time).Aggregate(
            (Begun: ImmutableList<Alarm>.Empty, Last: DateTimeOffset.MinValue),
            static (state, alarm) => (alarm.Time - state.Last > After ? state.Begun.Add(alarm) : state.Begun, alarm.Time)).Begun);

    private static IEnumerable<DateTimeOffset> Hours(DateTimeOffset time) => Enumerable.Range(0, (int)Known.TotalHours).Select(back => HourOf(time).AddHours(-back));

    private static bool IsNear(Report report, Sensor sensor) => report.Spot.IsNear(sensor.Spot, report.Matter);

    private static DateTimeOffset HourOf(DateTimeOffset time) => ViewWindows.StartOf(ViewWindow.Hour, time, TimeZoneInfo.Utc);

    /// <summary>A report that a device could have noticed, and how long before it one did; null for none.</summary>
    private sealed record Heard(Report Report, TimeSpan? Lead);
}
