using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CityPerception.Storage.Operations.Access;

/// <summary>A person who signs in.</summary>
public sealed class User
{
    /// <summary>The longest name of a person or a key, in characters.</summary>
    public const int MaxNameLength = 64;

    public Guid Id { get; init; }

    /// <summary>What is typed to sign in: lower case, so that there is one of each.</summary>
    public required string Name { get; init; }

    /// <summary>Tells its own cost.</summary>
    public required string PasswordHash { get; set; }

    /// <summary>Changes with the password and with being disabled: sessions that began with another have ended.</summary>
    public required string Stamp { get; set; }

    /// <summary>Some of <see cref="UserRoles.All"/>, with spaces between.</summary>
    public required string Roles { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when nobody signs in by it; null while it may be used.</summary>
    public DateTimeOffset? DisabledAt { get; set; }
}

/// <summary>A program's way in by HTTP.</summary>
public sealed class ApiKey
{
    public Guid Id { get; init; }

    /// <summary>What people call it. Of those that are not revoked there is one of each name.</summary>
    public required string Name { get; init; }

    /// <summary>See <see cref="AccessSecrets.HashKey"/>.</summary>
    public required string Hash { get; init; }

    /// <summary>What it may do: see <see cref="KeyScopes"/>; with spaces between.</summary>
    public required string Scopes { get; init; }

    /// <summary>So many requests a second; null for what the settings say.</summary>
    public int? Rate { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Not taken from then on; null for ever.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Not taken since then; null while it is.</summary>
    public DateTimeOffset? RevokedAt { get; set; }
}

/// <summary>The one row that counts the changes of people and keys.</summary>
public sealed class AccessState
{
    public int Id { get; init; }

    public long Revision { get; init; }
}

internal sealed class AccessTables : IEntityTypeConfiguration<User>, IEntityTypeConfiguration<ApiKey>, IEntityTypeConfiguration<AccessState>
{
    private const int MaxListLength = 2000;

    public void Configure(EntityTypeBuilder<User> builder)
    {
        builder.Property(u => u.Id).ValueGeneratedNever();
        builder.Property(u => u.Name).HasMaxLength(User.MaxNameLength);
        builder.Property(u => u.PasswordHash).HasMaxLength(1024);
        builder.Property(u => u.Stamp).HasMaxLength(32);
        builder.Property(u => u.Roles).HasMaxLength(MaxListLength);
        builder.HasIndex(u => u.Name).IsUnique();
    }

    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.Property(k => k.Id).ValueGeneratedNever();
        builder.Property(k => k.Name).HasMaxLength(User.MaxNameLength);
        builder.Property(k => k.Hash).HasMaxLength(64);
        builder.Property(k => k.Scopes).HasMaxLength(MaxListLength);
        builder.HasIndex(k => k.Hash).IsUnique();
    }

    public void Configure(EntityTypeBuilder<AccessState> builder)
    {
        builder.ToTable("access_state").HasData(new AccessState { Id = 1 });
        builder.Property(s => s.Id).ValueGeneratedNever();
    }
}
