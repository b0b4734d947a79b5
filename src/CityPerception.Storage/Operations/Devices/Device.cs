using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CityPerception.Storage.Operations.Devices;

/// <summary>Something that sends: a sensor, a gateway, or a module of one (<c>gateway/module</c>).</summary>
public sealed class Device
{
    /// <summary>The longest id, in characters: what an MQTT broker or the Azure IoT dialect takes.</summary>
    public const int MaxIdLength = 257;

    /// <summary>Its name, as it gives it when it connects. Case matters.</summary>
    public required string Id { get; init; }

    /// <summary>What people should know of it.</summary>
    public string? Note { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when it may not connect; null while it may.</summary>
    public DateTimeOffset? DisabledAt { get; set; }

    /// <summary>The registry's revision when the device was added, or last told to show something else or to stay away.</summary>
    public long Revision { get; set; }

    /// <summary>What it shows to be let in: any one of them.</summary>
    public List<DeviceCredential> Credentials { get; } = [];
}

/// <summary>What a credential is.</summary>
public enum CredentialKind
{
    /// <summary>A password: kept as a hash that tells its own cost.</summary>
    Password,

    /// <summary>A key that signs tokens: kept encrypted, since it must be used.</summary>
    SasKey,

    /// <summary>A certificate, by the SHA-256 of it in hex.</summary>
    Thumbprint,

    /// <summary>PW of HJ 212 frames, which every frame shows and is short: kept as a password is, and let in nowhere else.</summary>
    FramePassword,
}

/// <summary>One way for a device to show who it is.</summary>
public sealed class DeviceCredential
{
    public Guid Id { get; init; }

    public required string DeviceId { get; init; }

    public CredentialKind Kind { get; init; }

    /// <summary>The hash, the encrypted key or the thumbprint.</summary>
    public required string Secret { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>It was replaced then, and is taken until the next replacement.</summary>
    public DateTimeOffset? ReplacedAt { get; set; }
}

/// <summary>The one row that counts the changes which live connections have to heed.</summary>
public sealed class RegistryState
{
    public int Id { get; init; }

    public long Revision { get; init; }
}

internal sealed class DeviceTables : IEntityTypeConfiguration<Device>, IEntityTypeConfiguration<DeviceCredential>, IEntityTypeConfiguration<RegistryState>
{
    public void Configure(EntityTypeBuilder<RegistryState> builder)
    {
        builder.ToTable("registry_state").HasData(new RegistryState { Id = 1 });
        builder.Property(s => s.Id).ValueGeneratedNever();
    }

    public void Configure(EntityTypeBuilder<Device> builder)
    {
        builder.Property(d => d.Id).HasMaxLength(Device.MaxIdLength);
        builder.Property(d => d.Note).HasMaxLength(1000);
        builder.HasIndex(d => d.Revision);
        builder.HasMany(d => d.Credentials).WithOne().HasForeignKey(c => c.DeviceId);
    }

    public void Configure(EntityTypeBuilder<DeviceCredential> builder)
    {
        builder.Property(c => c.Id).ValueGeneratedNever();
        builder.Property(c => c.Kind).HasConversion<string>().HasMaxLength(16);
        builder.Property(c => c.Secret).HasMaxLength(1024);
    }
}
