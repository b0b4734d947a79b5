using CityPerception.Core.Text.Similarity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CityPerception.Storage.Links;

/// <summary>An appeal as it is kept: within the window with its fingerprint; past it only where it has duplicates, or is one.</summary>
public sealed class AppealRow
{
    public Guid Key { get; init; }

    public required string Id { get; init; }

    public required string Measurement { get; init; }

    public required string Source { get; init; }

    public long TimeNs { get; init; }

    public long Series { get; init; }

    public string? District { get; init; }

    public string? Grid { get; init; }

    public string? Category { get; init; }

    public double? Lat { get; init; }

    public double? Lon { get; init; }

    public byte[]? Fingerprint { get; init; }

    /// <summary>The first appeal of its matter; its own key if it is that.</summary>
    public Guid Representative { get; set; }

    public Guid? Via { get; set; }

    public bool ByHand { get; set; }

    public double? Score { get; init; }

    public double? Text { get; init; }

    public double? Place { get; init; }

    public PlaceEvidence Evidence { get; init; }

    public double? CategoryScore { get; init; }

    public double? TimeScore { get; init; }

    public double? Metres { get; init; }

    public double? Hours { get; init; }

    /// <summary>The revision of its last change.</summary>
    public long Revision { get; set; }

    internal static AppealRow Of(Appeal appeal, long revision) => new()
    {
        Key = appeal.Key,
        Id = appeal.Facts.Id,
        Measurement = appeal.Facts.Measurement,
        Source = appeal.Facts.Source,
        TimeNs = appeal.Facts.TimeNs,
        Series = appeal.Facts.Series,
        District = appeal.Facts.District,
        Grid = appeal.Facts.Grid,
        Category = appeal.Facts.Category,
        Lat = appeal.Facts.Lat,
        Lon = appeal.Facts.Lon,
        Fingerprint = appeal.Facts.Fingerprint.ToBytes(),
        Representative = appeal.Representative,
        Via = appeal.Via,
        ByHand = appeal.ByHand,
        Score = appeal.Why?.Score,
        Text = appeal.Why?.Text,
        Place = appeal.Why?.Place,
        Evidence = appeal.Why?.Evidence ?? PlaceEvidence.None,
        CategoryScore = appeal.Why?.Category,
        TimeScore = appeal.Why?.Time,
        Metres = appeal.Why?.Metres,
        Hours = appeal.Why?.Hours,
        Revision = revision,
    };

    internal Appeal ToAppeal() => new(new AppealFacts
    {
        Id = Id,
        Measurement = Measurement,
        Source = Source,
        TimeNs = TimeNs,
        Series = Series,
        District = District,
        Grid = Grid,
        Category = Category,
        Lat = Lat,
        Lon = Lon,
        Fingerprint = TextFingerprint.FromBytes(Fingerprint),
    })
    {
        Representative = Representative,
        Via = Via,
        ByHand = ByHand,
        Why = ToMatch(),
    };

    /// <summary>Why it is where it is; null where an operator said so, and of the first of a matter.</summary>
    public Match? ToMatch() => Score is { } score
        ? new Match(score, Text ?? 0, Place ?? 0, Evidence, CategoryScore ?? 0, TimeScore ?? 0, Metres, Hours ?? 0)
        : null;
}

/// <summary>An operator's word on two appeals, the smaller key first. It is kept for good, and outlives the rows of both.</summary>
public sealed class AppealVerdict
{
    public Guid First { get; init; }

    public Guid Second { get; init; }

    public required string FirstId { get; init; }

    public required string SecondId { get; init; }

    public bool IsSame { get; set; }

    public required string Reason { get; set; }

    /// <summary>Who said it, as far as is known.</summary>
    public required string By { get; set; }

    public DateTimeOffset At { get; set; }

    public long Revision { get; set; }
}

/// <summary>The one row by which several processes follow each other's changes.</summary>
public sealed class LinkState
{
    public int Id { get; init; }

    public long Revision { get; init; }

    /// <summary>Another after everything was removed to be built anew.</summary>
    public long Epoch { get; init; }
}

internal sealed class LinkTables : IEntityTypeConfiguration<AppealRow>, IEntityTypeConfiguration<AppealVerdict>, IEntityTypeConfiguration<LinkState>
{
    public const int MaxIdLength = 400, MaxReasonLength = 1_000, MaxNameLength = 200;

    public void Configure(EntityTypeBuilder<AppealRow> builder)
    {
        builder.ToTable("appeals").HasKey(a => a.Key);
        builder.Property(a => a.Key).ValueGeneratedNever();
        builder.Property(a => a.Id).HasMaxLength(MaxIdLength);
        builder.Property(a => a.Measurement).HasMaxLength(64);
        builder.Property(a => a.Evidence).HasConversion<string>().HasMaxLength(32);
        builder.HasIndex(a => a.Revision);
        builder.HasIndex(a => a.Representative);
        builder.HasIndex(a => a.TimeNs);
    }

    public void Configure(EntityTypeBuilder<AppealVerdict> builder)
    {
        builder.ToTable("appeal_verdicts").HasKey(v => new { v.First, v.Second });
        builder.Property(v => v.FirstId).HasMaxLength(MaxIdLength);
        builder.Property(v => v.SecondId).HasMaxLength(MaxIdLength);
        builder.Property(v => v.Reason).HasMaxLength(MaxReasonLength);
        builder.Property(v => v.By).HasMaxLength(MaxNameLength);
        builder.HasIndex(v => v.Revision);
    }

    public void Configure(EntityTypeBuilder<LinkState> builder)
    {
        builder.ToTable("link_state").HasData(new LinkState { Id = 1 });
        builder.Property(s => s.Id).ValueGeneratedNever();
    }
}
