using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CityPerception.Storage.Links;

/// <summary>The settings under <c>Links</c>: when two appeals speak of the same matter.</summary>
/// <remarks>
/// The score is the sum of each part times its weight; the parts are 0 to 1, and the weights should sum to 1. Change them
/// and rebuild the links: those that are made stay by the rule that made them.
/// </remarks>
public sealed class AppealLinkOptions
{
    public const string Section = "Links";

    /// <summary>Whether appeals are linked. Not by default: on texts that the rule had not seen, one link of three was wrong.</summary>
    public bool Enabled { get; set; }

    /// <summary>Two appeals are so far apart in time at most.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromHours(72);

    /// <summary>An appeal may come so long after it happened and is linked at once; a later one when the links are rebuilt.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "365.00:00:00")]
    public TimeSpan Lateness { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Links are removed when the appeal is so old.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(800);

    /// <summary>Two appeals of which both have a position are so far apart at most, in metres.</summary>
    [Range(10.0, 10_000.0)]
    public double MaxDistance { get; set; } = 500;

    /// <summary>The least score of two appeals that are linked.</summary>
    [Range(0.01, 1.0)]
    public double Threshold { get; set; } = 0.6;

    /// <summary>The least similarity of their texts, whatever else they have in common.</summary>
    [Range(0.05, 1.0)]
    public double MinText { get; set; } = 0.25;

    [Range(0.0, 1.0)]
    public double TextWeight { get; set; } = 0.6;

    [Range(0.0, 1.0)]
    public double PlaceWeight { get; set; } = 0.25;

    [Range(0.0, 1.0)]
    public double CategoryWeight { get; set; } = 0.1;

    [Range(0.0, 1.0)]
    public double TimeWeight { get; set; } = 0.05;
}

/// <summary>Checks <see cref="AppealLinkOptions"/> at the start.</summary>
[OptionsValidator]
public sealed partial class AppealLinkOptionsValidator : IValidateOptions<AppealLinkOptions>;
