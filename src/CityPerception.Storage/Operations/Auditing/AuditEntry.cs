using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CityPerception.Storage.Operations.Auditing;

/// <summary>Who did what. Never what was in it: no body, no query, no secret.</summary>
public sealed class AuditEntry
{
    public const int MaxTextLength = 300;

    /// <summary>UUIDv7: they sort as they happened, to the millisecond.</summary>
    public Guid Id { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary><c>user:NAME</c>, <c>key:NAME</c>, or <c>command:NAME</c> with the operating system's user.</summary>
    public required string Who { get; init; }

    /// <summary>The route or the command: <c>GET /api/deadletters/{id}</c>, <c>device disable</c>.</summary>
    public required string Action { get; init; }

    /// <summary>What it was done to: the values in the route, or the arguments that are names.</summary>
    public required string Target { get; init; }

    /// <summary>The address it came from; <c>console</c> for a command.</summary>
    public required string Origin { get; init; }

    /// <summary>The status of the answer, or the exit code.</summary>
    public required string Result { get; init; }
}

internal sealed class AuditTable : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.ToTable("audit");
        builder.Property(e => e.Id).ValueGeneratedNever();
        builder.Property(e => e.Who).HasMaxLength(AuditEntry.MaxTextLength);
        builder.Property(e => e.Action).HasMaxLength(AuditEntry.MaxTextLength);
        builder.Property(e => e.Target).HasMaxLength(AuditEntry.MaxTextLength);
        builder.Property(e => e.Origin).HasMaxLength(AuditEntry.MaxTextLength);
        builder.Property(e => e.Result).HasMaxLength(AuditEntry.MaxTextLength);
        builder.HasIndex(e => e.At);
    }
}
