using System.Text.Json.Serialization;
using CityPerception.Core.Channels;
using CityPerception.FieldReports;
using CityPerception.Hosting;
using CityPerception.Storage.Retention;

namespace CityPerception.Upkeep;

/// <summary>How far work is.</summary>
/// <param name="Done">From 0 to 1; negative where nobody knows.</param>
/// <param name="Text">What it is at.</param>
internal sealed record WorkProgress(double Done, string Text);

/// <summary>One thing to say about windows being computed anew. Exactly one of the members is there.</summary>
internal sealed record RollupEvent(WorkProgress? Progress, RollupAnswer? Result) : IWorkEvent<RollupAnswer>;

/// <summary>What became of a range of windows.</summary>
/// <param name="From">From here; later than asked for where older points are deleted.</param>
/// <param name="To">Up to here.</param>
/// <param name="Computed">Views computed.</param>
/// <param name="Written">Those that are new.</param>
/// <param name="Restated">Those that had been shown otherwise.</param>
/// <param name="DryRun">Nothing was written: it would have been.</param>
/// <param name="Stopped">Why it ended early: what is written stays, and running it again does the rest.</param>
internal sealed record RollupAnswer(DateTimeOffset From, DateTimeOffset To, int Computed, int Written, int Restated, bool DryRun, string? Stopped);

/// <summary>One thing to say about retention. Exactly one of the members is there.</summary>
internal sealed record RetentionEvent(WorkProgress? Progress, RetentionAnswer? Result) : IWorkEvent<RetentionAnswer>;

/// <summary>What retention deleted, or would.</summary>
/// <param name="Kept">From when on observations are kept.</param>
/// <param name="HeldBack">Why that is earlier than city.yaml wants; null if it is not.</param>
/// <param name="StoreDeletes">False where the store cannot delete points: its own retention period has to.</param>
/// <param name="DryRun">Nothing was deleted: it would have been.</param>
/// <param name="Shares">Of each measurement that has something.</param>
/// <param name="Cases">Closed cases.</param>
/// <param name="Photos">Of reports, of those that lie with this server; null if it did not come so far.</param>
/// <param name="Stopped">Why it ended early: running it again does the rest.</param>
internal sealed record RetentionAnswer(
    DateTimeOffset? Kept, string? HeldBack, bool StoreDeletes, bool DryRun, IReadOnlyList<RetentionItem> Shares, int Cases, PhotosGone? Photos, string? Stopped)
{
    public static RetentionAnswer Of(RetentionResult result, PhotosGone photos, bool dryRun) =>
        new(result.Kept, result.HeldBack, result.StoreDeletes, dryRun, [.. result.Shares.Select(RetentionItem.Of)], result.Cases, photos, null);
}

/// <summary>What goes of one measurement.</summary>
/// <param name="Kind">raw, minutes or hours, as in city.yaml.</param>
/// <param name="Measurement">The measurement.</param>
/// <param name="Window">1m or 1h of views; else null.</param>
/// <param name="Points">At least so many: of the field that most of them have.</param>
/// <param name="First">The earliest.</param>
/// <param name="Last">The latest.</param>
/// <param name="Before">All before this.</param>
internal sealed record RetentionItem(string Kind, string Measurement, string? Window, long Points, DateTimeOffset First, DateTimeOffset Last, DateTimeOffset Before)
{
    public static RetentionItem Of(RetentionShare share) => new(
        share.Rule.Class switch { RetentionClass.Raw => "raw", RetentionClass.Minutes => "minutes", _ => "hours" },
        share.Rule.Measurement, share.Rule.Window is { } window ? ViewWindows.NameOf(window) : null, share.Points, share.First, share.Last, share.Before);
}

/// <summary>JSON of upkeep.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RollupEvent))]
[JsonSerializable(typeof(RetentionEvent))]
[JsonSerializable(typeof(PlanFiles))]
[JsonSerializable(typeof(PlanEvent))]
internal sealed partial class UpkeepJson : JsonSerializerContext
{
    /// <summary>With Chinese as it is.</summary>
    public static UpkeepJson Plain { get; } = new(ReadableJson.NewPlainOptions());
}
