using System.Collections.Immutable;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>Cases that are open at the end of a window, or of these those past their deadline; by department with <c>by: dept</c>.</summary>
internal sealed class OpenCases(bool onlyOverdue) : ICalculation
{
    private const string Dept = "dept";

    // A case that is told of late changes every moment since it began. So many days of views follow; older ones keep what was known then.
    private static readonly TimeSpan Restated = TimeSpan.FromDays(7);

    public string Name => onlyOverdue ? "case.overdue" : "case.open";

    public ImmutableArray<string> Measurements { get; } = ["case_event", "incident", "hotline_ticket", "business_tip"];

    public ImmutableArray<ViewWindow> Windows { get; } = [ViewWindow.Hour, ViewWindow.Day];

    public IEnumerable<(DateTimeOffset From, DateTimeOffset To)> LaterWindows(ViewWindow window, DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone) => [(from, to + Restated)];

    public async Task<IReadOnlyList<CalculatedPartial>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken)
    {
        IReadOnlyList<CaseSpan> cases = await scope.OnceAsync("cases", () => scope.Cases.OpenBetweenAsync(scope.From, scope.To, cancellationToken));
        List<CalculatedPartial> results = [];
        foreach (DateTimeOffset start in scope.Starts)
        {
            DateTimeOffset end = ViewWindows.Next(scope.Window, start, scope.City.Zone);
            // Every place has a number, be it 0.
            Dictionary<ViewKey, long> counts = scope.City.Districts.Select(static d => new ViewKey(d.Code)).Append(new ViewKey(scope.City.Code)).ToDictionary(static k => k, static _ => 0L);
            foreach (CaseSpan span in cases.Where(c => c.Begun < end && !(c.Ended < end) && (!onlyOverdue || c.Deadline < end)))
            {
                foreach (string district in scope.City.PlacesOf(span.District))
                {
                    Add(new ViewKey(district));
                    if (scope.By == Dept && span.Dept.Length > 0) Add(new ViewKey(district, span.Dept));
                }
            }

            results.AddRange(counts.Select(c => new CalculatedPartial(start, c.Key, new Partial(Math.Max(c.Value, 1), c.Value))));

            void Add(ViewKey key) => counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        return results;
    }
}
