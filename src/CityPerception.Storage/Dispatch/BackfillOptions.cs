using System.ComponentModel.DataAnnotations;
using System.Numerics;
using CityPerception.Storage.Spooling;
using Microsoft.Extensions.Options;

namespace CityPerception.Storage.Dispatch;

/// <summary>The settings under <c>Backfill</c>: the spool and the dispatcher of what is brought in late and in bulk, beside those of live data.</summary>
public sealed class BackfillOptions
{
    /// <summary>The key of its parts among the services.</summary>
    public const string Name = "backfill";

    // Imports wait for the disk once for much, so they need less memory than live data.
    private const long SegmentBytes = 64L << 20, MemoryBytes = 8L << 20;

    /// <summary>Holding this much, its spool makes imports and replays wait.</summary>
    [Range(4L << 20, 1L << 46)]
    public long MaxBytes { get; set; } = 2L << 30;

    /// <summary>At most so many lines a second go to the store; 0 for as many as live data leave room for.</summary>
    [Range(0, 10_000_000)]
    public int MaxLinesPerSecond { get; set; }

    /// <summary>While live data wait for the store a batch stands back, but not longer than this: the past gets on, if slowly.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan MaxStandBack { get; set; } = TimeSpan.FromSeconds(1);

    internal SpoolOptions ToSpoolOptions() => new()
    {
        MaxBytes = MaxBytes,
        MemoryBytes = Math.Min(MemoryBytes, SmallerPowerOf2(MaxBytes)),
        SegmentBytes = Math.Min(SegmentBytes, SmallerPowerOf2(MaxBytes / 4)),
    };

    private static long SmallerPowerOf2(long value) => 1L << BitOperations.Log2((ulong)value);
}

/// <summary>Checks <see cref="BackfillOptions"/> at the start.</summary>
[OptionsValidator]
public sealed partial class BackfillOptionsValidator : IValidateOptions<BackfillOptions>;
