namespace CityPerception.Storage.Spooling;

/// <summary>What a <see cref="DurableLog"/> is made of. Sizes are powers of two; a page holds the largest record.</summary>
internal sealed record DurableLogSettings
{
    public required string Directory { get; init; }

    public long SegmentBytes { get; init; } = 64L << 20;

    public long MemoryBytes { get; init; } = 16L << 20;

    public int PageBytes { get; init; } = 1 << 20;

    public long MaxBytes { get; init; } = 8L << 30;

    /// <summary>How long to gather before a commit; zero for as long as the commit before it takes.</summary>
    public TimeSpan CommitInterval { get; init; }

    /// <summary>So much may lie between the checkpoint and the tail: what an opening after a crash must look through.</summary>
    public long CheckpointBytes { get; init; } = 16L << 20;

    /// <summary>Makes the disk; tests make one that fails.</summary>
    public Func<string, SegmentDevice> CreateDevice { get; init; } = static directory => new SegmentDevice(directory);
}
