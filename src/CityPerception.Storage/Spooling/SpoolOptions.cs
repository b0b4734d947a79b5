using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CityPerception.Storage.Spooling;

/// <summary>The settings under <c>Spool</c>.</summary>
public sealed class SpoolOptions
{
    /// <summary>
    /// A segment of this size is closed and the next one begun; done with, it is deleted as a whole. A power of two,
    /// as is <see cref="MemoryBytes"/>. A spool that exists keeps the size it was made with.
    /// </summary>
    [Range(1L << 20, 1L << 30)]
    public long SegmentBytes { get; set; } = 64L << 20;

    /// <summary>Holding this much, the spool makes sources wait: no PUBACK, HTTP 503. Nothing is dropped.</summary>
    [Range(4L << 20, 1L << 46)]
    public long MaxBytes { get; set; } = 8L << 30;

    /// <summary>What is appended lies here until the disk has it. When the disk cannot follow, sources wait.</summary>
    [Range(4L << 20, 32L << 20)]
    public long MemoryBytes { get; set; } = 16L << 20;

    /// <summary>
    /// How long to gather before a commit. Zero, the default, commits at once when nothing is under way, and otherwise
    /// together whatever comes while the commit before lasts; more saves the disk writes and costs every sender the wait.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan CommitInterval { get; set; }
}

/// <summary>Checks <see cref="SpoolOptions"/> at the start.</summary>
[OptionsValidator]
public sealed partial class SpoolOptionsValidator : IValidateOptions<SpoolOptions>;

/// <summary>What one attribute cannot say about <see cref="SpoolOptions"/>.</summary>
public sealed class SpoolOptionsCrossChecks : IValidateOptions<SpoolOptions>
{
    public ValidateOptionsResult Validate(string? name, SpoolOptions options)
    {
        List<string> faults = [];
        if (!long.IsPow2(options.SegmentBytes)) faults.Add($"Spool:SegmentBytes is {options.SegmentBytes} and must be a power of two, such as {long.Log2(Math.Max(1, options.SegmentBytes)) switch { var bits => 1L << (int)bits }}.");
        if (!long.IsPow2(options.MemoryBytes)) faults.Add($"Spool:MemoryBytes is {options.MemoryBytes} and must be a power of two, such as {16L << 20}.");
        if (options.MaxBytes < 4 * options.SegmentBytes) faults.Add("Spool:MaxBytes must hold at least four segments (Spool:SegmentBytes).");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
