using System.Collections.Immutable;
using CityPerception.Core.Channels;
using CityPerception.Core.Schema;

namespace CityPerception.Storage.Retention;

/// <summary>Which of the times of city.yaml's <c>retention</c> holds.</summary>
public enum RetentionClass
{
    /// <summary>Observations, and the partials of hours that days are made of.</summary>
    Raw,

    /// <summary>Views of a minute.</summary>
    Minutes,

    /// <summary>Views of an hour.</summary>
    Hours,
}

/// <summary>Points that are kept for the same time.</summary>
/// <param name="Class">For which time.</param>
/// <param name="Measurement">Of which measurement.</param>
/// <param name="Window">Of which windows; null for all points.</param>
public sealed record RetentionRule(RetentionClass Class, string Measurement, ViewWindow? Window)
{
    private const string Revisions = "channel_revision", Partials = "channel_partial";

    /// <summary>The rules of a schema. Views of days, and what they were before, are in none: they are kept for ever.</summary>
    public static ImmutableArray<RetentionRule> Of(MeasurementCatalog measurements)
    {
        string[] views = [ChannelViews.Measurement, Revisions];
        return
        [
            .. measurements.ByName.Keys.Where(m => !views.Contains(m) && m != Partials).Append(Partials).Order(StringComparer.Ordinal).Select(static m => new RetentionRule(RetentionClass.Raw, m, null)),
            .. views.Select(static m => new RetentionRule(RetentionClass.Minutes, m, ViewWindow.Minute)),
            .. views.Select(static m => new RetentionRule(RetentionClass.Hours, m, ViewWindow.Hour)),
        ];
    }
}

/// <summary>What goes of one measurement, or went.</summary>
/// <param name="Rule">Which points.</param>
/// <param name="Before">Those before this.</param>
/// <param name="Points">At least so many: of the field that most of them have.</param>
/// <param name="First">The time of the earliest.</param>
/// <param name="Last">The time of the latest.</param>
public sealed record RetentionShare(RetentionRule Rule, DateTimeOffset Before, long Points, DateTimeOffset First, DateTimeOffset Last);

/// <summary>What retention did, or would do.</summary>
/// <param name="Shares">Of each measurement that has something.</param>
/// <param name="Cases">Cases that ended before the observations that are kept.</param>
/// <param name="Kept">From when on observations are kept.</param>
/// <param name="HeldBack">Why that is earlier than city.yaml wants: something still has to be computed from them. Null if it is not.</param>
/// <param name="StoreDeletes">False where the store cannot delete and its own retention period has to.</param>
public sealed record RetentionResult(ImmutableArray<RetentionShare> Shares, int Cases, DateTimeOffset Kept, string? HeldBack, bool StoreDeletes);
