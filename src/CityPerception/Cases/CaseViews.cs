using System.Text.Json.Serialization;
using CityPerception.Core.Cases;
using CityPerception.Hosting;
using CityPerception.Storage.Cases;
using CityPerception.Upkeep;

namespace CityPerception.Cases;

/// <summary>A case as it stands. Texts of citizens are not in it.</summary>
/// <param name="Source">The source that it belongs to.</param>
/// <param name="Id">Its number there.</param>
/// <param name="State">As the tag state has it; overdue is no state here.</param>
/// <param name="District">The last that is known, as are grid, category and dept; empty for never told.</param>
/// <param name="Grid">See above.</param>
/// <param name="Category">See above.</param>
/// <param name="Dept">See above.</param>
/// <param name="BegunAt">Its first event.</param>
/// <param name="ChangedAt">When it came to its state.</param>
/// <param name="EndedAt">When it was closed or cancelled, if it is.</param>
/// <param name="DeadlineAt">By when it has to be closed, if anybody says.</param>
/// <param name="DeadlineBy">Who says: the system that sent it, or the configured limits.</param>
/// <param name="Open">Neither closed nor cancelled.</param>
/// <param name="OverdueSince">Open after its deadline: since when.</param>
/// <param name="OnTime">Of a closed case.</param>
/// <param name="Reworks">How often it was sent back to be done again.</param>
/// <param name="Returns">How often a department sent it back.</param>
/// <param name="Mediated">Somebody mediated.</param>
/// <param name="Agreed">Both sides agreed then.</param>
/// <param name="Partial">It has more events than are kept: counts are of those.</param>
internal sealed record CaseView(
    string Source, string Id, string State, string District, string Grid, string Category, string Dept, DateTimeOffset BegunAt, DateTimeOffset ChangedAt, DateTimeOffset? EndedAt,
    DateTimeOffset? DeadlineAt, string? DeadlineBy, bool Open, DateTimeOffset? OverdueSince, bool? OnTime, int Reworks, int Returns, bool? Mediated, bool? Agreed, bool? Partial)
{
    public static CaseView Of(CaseRow c, DateTimeOffset now) => new(
        c.Source, c.Id, c.State, c.District, c.Grid, c.Category, c.Dept, c.BegunAt, c.ChangedAt, c.EndedAt,
        c.DeadlineAt, c.DeadlineAt is null ? null : c.IsDeadlineSent ? "system" : "limit", c.IsOpen,
        c.IsOpen && c.Misses && c.DeadlineAt < now ? c.DeadlineAt : null, c.OnTime, c.Reworks, c.Returns, c.Mediated, c.Agreed, c.IsCut ? true : null);
}

/// <summary>A page of cases.</summary>
/// <param name="Cases">The last changed first.</param>
/// <param name="Next">What to give as after for the next page; null on the last.</param>
internal sealed record CaseList(IReadOnlyList<CaseView> Cases, string? Next);

/// <summary>A case with its history.</summary>
/// <param name="Case">As it stands.</param>
/// <param name="States">Each state that it was in.</param>
/// <param name="Stages">Each change, in order.</param>
internal sealed record CaseDetails(CaseView Case, IReadOnlyList<StateView> States, IReadOnlyList<StageView> Stages)
{
    public static CaseDetails Of(CaseRow row, CaseTerms terms, DateTimeOffset now)
    {
        IReadOnlyList<CaseStage> stages = CaseHistory.Of(CaseEvents.FromBytes(row.Events), terms);
        return new CaseDetails(
            CaseView.Of(row, now),
            [.. stages.GroupBy(s => s.Step.State).Select(g => new StateView(g.Key, At(g.Min(s => s.Step.TimeMs)), At(g.Max(s => s.Step.TimeMs)), g.Count()))],
            [.. stages.Select(s => new StageView(s.Step.State, At(s.Step.TimeMs), s.Hours, s.WorkingHours))]);
    }

    private static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
}

/// <summary>How often a case was in a state.</summary>
/// <param name="State">The state.</param>
/// <param name="First">When first.</param>
/// <param name="Last">When last.</param>
/// <param name="Count">How often.</param>
internal sealed record StateView(string State, DateTimeOffset First, DateTimeOffset Last, int Count);

/// <summary>A change of state.</summary>
/// <param name="State">The new state.</param>
/// <param name="At">When.</param>
/// <param name="Hours">Since the change before.</param>
/// <param name="WorkingHours">The same in hours that the administration works, by the calendar of now.</param>
internal sealed record StageView(string State, DateTimeOffset At, double Hours, double WorkingHours);

/// <summary>One thing to say about a rebuild under way. Exactly one of the members is there.</summary>
/// <param name="Progress">How far it is.</param>
/// <param name="Result">The end.</param>
internal sealed record RebuildEvent(RebuildProgress? Progress, RebuildResult? Result) : IWorkEvent<RebuildResult>;

/// <summary>How a rebuild ended.</summary>
/// <param name="Cases">How many cases there are.</param>
/// <param name="Stopped">Why it ended early: then the cases are those from before.</param>
internal sealed record RebuildResult(int Cases, string? Stopped);

/// <summary>JSON of cases.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CaseList))]
[JsonSerializable(typeof(CaseDetails))]
[JsonSerializable(typeof(RebuildEvent))]
internal sealed partial class CaseViewJson : JsonSerializerContext
{
    /// <summary>With Chinese as it is.</summary>
    public static CaseViewJson Plain { get; } = new(ReadableJson.NewPlainOptions());
}
