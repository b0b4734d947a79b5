using System.Data.Common;
using CityPerception.Core.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.Hosting;
using CityPerception.Storage.Cases;

namespace CityPerception.Screens.Wall;

/// <summary>What the wall shows of cases. No text of a citizen's is in it: whoever passes by can read a wall.</summary>
/// <param name="Latest">The last changed first.</param>
/// <param name="Open">How many are open in each district that has one.</param>
internal sealed record WallCases(IReadOnlyList<WallCase> Latest, IReadOnlyDictionary<string, int> Open)
{
    public static WallCases None { get; } = new([], new Dictionary<string, int>());

    /// <summary>Whether a screen would show the same.</summary>
    public bool ShowsSame(WallCases other) => Latest.SequenceEqual(other.Latest) && Open.Count == other.Open.Count && Open.All(o => other.Open.GetValueOrDefault(o.Key) == o.Value);
}

/// <summary>A case that came to a state.</summary>
/// <param name="At">When.</param>
/// <param name="District">Its code; empty where nobody said.</param>
/// <param name="Category">For people; where the schema has no name for it, as the source calls it.</param>
/// <param name="State">For people.</param>
/// <param name="IsOpen">Neither closed nor cancelled.</param>
internal sealed record WallCase(DateTimeOffset At, string District, Names Category, Names State, bool IsOpen);

/// <summary>Reads the cases for the wall; while the operational database is away, the wall keeps what it had.</summary>
internal sealed class WallCaseReader(OperationsState operations, CaseQuery cases, TimeProvider clock)
{
    private const int Shown = 8;

    private WallCases _last = WallCases.None;

    public async Task<WallCases> ReadAsync(IngestPlan plan, CancellationToken cancellationToken)
    {
        if (!operations.Opened.IsCompletedSuccessfully) return _last;
        try
        {
            IReadOnlyList<CaseRow> rows = await cases.ListAsync(new CaseFilter { Now = clock.GetUtcNow(), Limit = Shown }, cancellationToken);
            var read = new WallCases(
                [.. rows.Select(r => new WallCase(r.ChangedAt, r.District, NameOf(plan, "category", r.Category), NameOf(plan, "state", r.State), r.IsOpen))],
                await cases.OpenByDistrictAsync(cancellationToken));
            if (!read.ShowsSame(_last)) _last = read;
        }
        catch (Exception e) when (e is DbException || e.InnerException is DbException)
        {
            // Whoever writes to it says so, and every second.
        }

        return _last;
    }

    private static Names NameOf(IngestPlan plan, string tag, string value) => plan.Measurements.NamesOf(tag, value) ?? new Names(value, value);
}
