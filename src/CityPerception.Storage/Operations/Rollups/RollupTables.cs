using CityPerception.Core.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CityPerception.Storage.Operations.Rollups;

/// <summary>How far the windows of a channel are computed, and who is at it.</summary>
public sealed class RollupWatermark
{
    /// <summary>Or <see cref="RollupState.Kept"/>.</summary>
    public required string Channel { get; init; }

    public ViewWindow Window { get; init; }

    /// <summary>Every window that begins before this has been computed.</summary>
    public DateTimeOffset Through { get; set; }

    /// <summary>The run that is at it; null for none.</summary>
    public Guid? Holder { get; set; }

    /// <summary>Until then nobody else may; a run that died gives way.</summary>
    public DateTimeOffset HeldUntil { get; set; }
}

/// <summary>An hour of a channel and measurement to which observations came after their minutes had ended.</summary>
public sealed class DirtyHour
{
    public required string Channel { get; init; }

    public required string Measurement { get; init; }

    public DateTimeOffset Start { get; init; }

    /// <summary>What is to be computed anew, as <see cref="DirtyBits"/>.</summary>
    public long Pending { get; set; }

    /// <summary>One more with each observation batch: what came while it was being computed is not forgotten.</summary>
    public long Version { get; set; }
}

/// <summary>The bits of <see cref="DirtyHour.Pending"/>: one a minute, one for the hour, one for its day.</summary>
public static class DirtyBits
{
    public const long Minutes = (1L << 60) - 1, Hour = 1L << 60, Day = 1L << 61;

    /// <summary>The bit of a minute of the hour.</summary>
    public static long Minute(int minute) => 1L << minute;

    /// <summary>Those that windows of a length take away.</summary>
    public static long Of(ViewWindow window) => window switch { ViewWindow.Minute => Minutes, ViewWindow.Hour => Hour, _ => Day };
}

internal sealed class RollupTables : IEntityTypeConfiguration<RollupWatermark>, IEntityTypeConfiguration<DirtyHour>
{
    private const int NameLength = 64;

    public void Configure(EntityTypeBuilder<RollupWatermark> builder)
    {
        builder.HasKey(w => new { w.Channel, w.Window });
        builder.Property(w => w.Channel).HasMaxLength(NameLength);
        builder.Property(w => w.Window).HasConversion<string>().HasMaxLength(8);
    }

    public void Configure(EntityTypeBuilder<DirtyHour> builder)
    {
        builder.HasKey(d => new { d.Channel, d.Measurement, d.Start });
        builder.Property(d => d.Channel).HasMaxLength(NameLength);
        builder.Property(d => d.Measurement).HasMaxLength(NameLength);
    }
}
