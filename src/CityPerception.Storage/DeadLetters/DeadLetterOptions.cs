using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CityPerception.Storage.DeadLetters;

/// <summary>
/// The settings under <c>DeadLetters</c>. Past either limit the oldest letters go, with a warning that names them and a
/// count; from 80 % of either on there is a warning before, in the log, the metrics and at <c>/healthz/ready</c>.
/// </summary>
public sealed class DeadLetterOptions
{
    /// <summary>What they may occupy on disk.</summary>
    [Range(16L << 20, 1L << 40)]
    public long MaxBytes { get; set; } = 1L << 30;

    /// <summary>How long they are kept.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long those are kept at most that may hold words of people. They go by whole days (UTC), so one may go up to a day earlier.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan PersonalRetention { get; set; } = TimeSpan.FromDays(30);
}

/// <summary>Checks <see cref="DeadLetterOptions"/> at the start.</summary>
[OptionsValidator]
public sealed partial class DeadLetterOptionsValidator : IValidateOptions<DeadLetterOptions>;
