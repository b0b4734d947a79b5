using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CityPerception.Storage.Dispatch;

/// <summary>The settings under <c>Dispatch</c>.</summary>
public sealed class DispatcherOptions
{
    /// <summary>
    /// How many batches may be under way at once. A series always takes the same lane, so its order is kept. Each lane
    /// holds up to four batches in memory.
    /// </summary>
    [Range(1, 32)]
    public int Lanes { get; set; } = 2;

    /// <summary>A batch of so many lines is full; 0 leaves it to the store.</summary>
    [Range(0, 1_000_000)]
    public int BatchLines { get; set; }

    /// <summary>A batch of so many bytes is full.</summary>
    [Range(4 << 10, 64 << 20)]
    public int BatchBytes { get; set; } = 4 << 20;

    /// <summary>A batch goes when its first line has waited so long; at once when nothing else waits or is under way.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan BatchAge { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The store has so long for an attempt; after that nothing is known about the batch and it is offered again.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The first wait before an attempt is repeated. Each further one is about twice as long, with jitter.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest of these waits. A store that names a time itself is taken at its word.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>When most attempts of half a minute failed, the store is left alone for so long.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "00:10:00")]
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>When the oldest record has waited so long, /healthz/ready says that the spool buffers.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan BehindAfter { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>Checks <see cref="DispatcherOptions"/> at the start.</summary>
[OptionsValidator]
public sealed partial class DispatcherOptionsValidator : IValidateOptions<DispatcherOptions>;
