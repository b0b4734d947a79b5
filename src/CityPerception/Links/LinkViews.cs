using System.Text.Json.Serialization;
using CityPerception.Core.Observations;
using CityPerception.Storage.Links;

namespace CityPerception.Links;

/// <summary>One appeal: what it is, not what it says.</summary>
/// <param name="Id">What undo and join take.</param>
/// <param name="Appeal">The measurement and the case, or the post.</param>
/// <param name="Source">The source's name.</param>
/// <param name="Time">When it was told.</param>
/// <param name="District">Where, as far as is known.</param>
/// <param name="Grid">Likewise.</param>
/// <param name="Category">The category it came with.</param>
/// <param name="IsFirst">Whether it is the first of its matter: the one that is counted.</param>
internal sealed record AppealView(Guid Id, string Appeal, string Source, DateTimeOffset Time, string? District, string? Grid, string? Category, bool IsFirst)
{
    public static AppealView Of(AppealRow row) =>
        new(row.Key, row.Id, row.Source, ObservationTime.FromUnixNs(row.TimeNs), row.District, row.Grid, row.Category, row.Representative == row.Key);
}

/// <summary>An appeal that tells again what another told, and why it is taken for that.</summary>
/// <param name="Duplicate">The later one.</param>
/// <param name="First">The first of the matter.</param>
/// <param name="Via">The one that it is like, where that is not the first.</param>
/// <param name="ByHand">An operator put it there.</param>
/// <param name="Why">How alike they are, part by part; null where an operator said so.</param>
/// <param name="Rule">By which weights and limits.</param>
internal sealed record LinkView(AppealView Duplicate, AppealView First, Guid? Via, bool ByHand, Match? Why, RuleView Rule)
{
    public static LinkView Of(DuplicateLink link, AppealLinkOptions options) => new(
        AppealView.Of(link.Duplicate),
        AppealView.Of(link.First),
        link.Duplicate.Via == link.First.Key ? null : link.Duplicate.Via,
        link.Duplicate.ByHand,
        link.Duplicate.ToMatch(),
        RuleView.Of(options));
}

/// <summary>The rule of now: a link scores text, place, category and time times their weights, and at least the threshold.</summary>
internal sealed record RuleView(double TextWeight, double PlaceWeight, double CategoryWeight, double TimeWeight, double Threshold, double MinText, double WindowHours, double MaxMetres)
{
    public static RuleView Of(AppealLinkOptions options) => new(
        options.TextWeight, options.PlaceWeight, options.CategoryWeight, options.TimeWeight, options.Threshold, options.MinText, options.Window.TotalHours, options.MaxDistance);
}

/// <param name="Links">The newest first.</param>
internal sealed record LinkList(IReadOnlyList<LinkView> Links);

/// <param name="Appeals">By time; the first is the one that is counted.</param>
internal sealed record MatterView(IReadOnlyList<AppealView> Appeals);

/// <param name="Reason">Why, in a few words; kept for good.</param>
internal sealed record UndoRequest(string? Reason);

/// <param name="First">An appeal's id.</param>
/// <param name="Second">Another's.</param>
/// <param name="Reason">Why, in a few words; kept for good.</param>
internal sealed record JoinRequest(Guid First, Guid Second, string? Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LinkList))]
[JsonSerializable(typeof(MatterView))]
[JsonSerializable(typeof(UndoRequest))]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(LinkRebuildResult))]
internal sealed partial class LinkJson : JsonSerializerContext;
