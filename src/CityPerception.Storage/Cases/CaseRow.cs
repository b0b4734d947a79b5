using System.Diagnostics.CodeAnalysis;
using CityPerception.Core.Cases;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CityPerception.Storage.Cases;

/// <summary>A case as the operational database has it: what follows from its points, and the points.</summary>
/// <remarks>Several editions may lie side by side while one is being rebuilt; <see cref="CaseBook"/> says which counts.</remarks>
public sealed class CaseRow
{
    public int Edition { get; init; }

    public required string Source { get; init; }

    public required string Id { get; init; }

    /// <summary>Empty where none of its points says one.</summary>
    public required string State { get; init; }

    public required string District { get; init; }

    public required string Grid { get; init; }

    public required string Category { get; init; }

    public required string Dept { get; init; }

    public DateTimeOffset BegunAt { get; init; }

    public DateTimeOffset ChangedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public DateTimeOffset? DeadlineAt { get; init; }

    public bool IsDeadlineSent { get; init; }

    public bool IsOpen { get; init; }

    /// <summary>Not ended at its deadline: overdue since then, once that is past.</summary>
    public bool Misses { get; init; }

    public bool? OnTime { get; init; }

    public int Reworks { get; init; }

    public int Returns { get; init; }

    public bool? Mediated { get; init; }

    public bool? Agreed { get; init; }

    /// <summary>When a point of the state overdue has to be written or taken back; null for never.</summary>
    public DateTimeOffset? ClockAt { get; init; }

    /// <summary>There were more points than are kept.</summary>
    public bool IsCut { get; init; }

    /// <summary>As <see cref="CaseEvents.ToBytes"/> makes it.</summary>
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "A column.")]
    public required byte[] Events { get; init; }

    /// <summary>The row of a case. One of which no state is known yet is kept as well, with an empty state: the rest may come later.</summary>
    public static CaseRow Of(int edition, CaseKey key, CaseEvents events, CaseTerms terms)
    {
        CaseState? state = CaseState.Fold(events, terms);
        return new CaseRow
        {
            Edition = edition,
            Source = key.Source,
            Id = key.Id,
            State = state?.State ?? "",
            District = state?.District ?? "",
            Grid = state?.Grid ?? "",
            Category = state?.Category ?? "",
            Dept = state?.Dept ?? "",
            BegunAt = At(state?.BegunMs ?? 0),
            ChangedAt = At(state?.ChangedMs ?? 0),
            EndedAt = At(state?.EndedMs),
            DeadlineAt = At(state?.DeadlineMs),
            IsDeadlineSent = state?.IsDeadlineSent ?? false,
            IsOpen = state?.IsOpen ?? false,
            Misses = state?.Misses ?? false,
            OnTime = state?.OnTime,
            Reworks = state?.Reworks ?? 0,
            Returns = state?.Returns ?? 0,
            Mediated = state?.Mediated,
            Agreed = state?.Agreed,
            ClockAt = At(state?.ClockMs),
            IsCut = events.IsCut,
            Events = events.ToBytes(),
        };
    }

    private static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    private static DateTimeOffset? At(long? ms) => ms is { } known ? At(known) : null;
}

/// <summary>The one row that says which edition of the cases counts.</summary>
public sealed class CaseBook
{
    public int Id { get; init; }

    /// <summary>The edition that is read.</summary>
    public int Edition { get; init; }

    /// <summary>The edition that is being rebuilt, which gets every new point as well; null for none.</summary>
    public int? Draft { get; init; }

    /// <summary>When the rebuild last went on: one that has ended without a word does not hold up the next.</summary>
    public DateTimeOffset DraftAt { get; init; }
}

internal sealed class CaseTables : IEntityTypeConfiguration<CaseRow>, IEntityTypeConfiguration<CaseBook>
{
    public void Configure(EntityTypeBuilder<CaseRow> builder)
    {
        builder.ToTable("cases").HasKey(c => new { c.Edition, c.Id, c.Source });
        builder.Property(c => c.Edition).ValueGeneratedNever();
        // Texts without a length: they have the schema's, and a longer one must not bring what carries lines to a stand.
        builder.HasIndex(c => new { c.Edition, c.ChangedAt });
        builder.HasIndex(c => new { c.Edition, c.ClockAt }).HasFilter("clock_at IS NOT NULL");
        builder.HasIndex(c => new { c.Edition, c.DeadlineAt }).HasFilter("is_open");
    }

    public void Configure(EntityTypeBuilder<CaseBook> builder)
    {
        builder.ToTable("case_book").HasData(new CaseBook { Id = 1, Edition = 1, DraftAt = DateTimeOffset.UnixEpoch });
        builder.Property(b => b.Id).ValueGeneratedNever();
    }
}
