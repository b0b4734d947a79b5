using CityPerception.Storage.Cases;
using CityPerception.Storage.Links;
using CityPerception.Storage.Operations.Access;
using CityPerception.Storage.Operations.Auditing;
using CityPerception.Storage.Operations.Devices;
using CityPerception.Storage.Operations.Rollups;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace CityPerception.Storage.Operations;

/// <summary>
/// What is not a time series: who may send, who may see, what a case's state is now. One model for both databases; each has
/// its own migrations, since they name their types differently.
/// </summary>
/// <remarks>Keys are made by us (UUIDv7) or come with the data, so that nothing depends on how a database counts. Times are ms since 1970, UTC: neither database sees a zone.</remarks>
public abstract class OperationalDb(DbContextOptions options) : DbContext(options)
{
    public DbSet<Device> Devices => Set<Device>();

    public DbSet<DeviceCredential> DeviceCredentials => Set<DeviceCredential>();

    public DbSet<RegistryState> RegistryStates => Set<RegistryState>();

    public DbSet<RollupWatermark> RollupWatermarks => Set<RollupWatermark>();

    public DbSet<DirtyHour> DirtyHours => Set<DirtyHour>();

    public DbSet<CaseRow> Cases => Set<CaseRow>();

    public DbSet<CaseBook> CaseBooks => Set<CaseBook>();

    public DbSet<User> Users => Set<User>();

    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    public DbSet<AccessState> AccessStates => Set<AccessState>();

    public DbSet<AuditEntry> Audit => Set<AuditEntry>();

    public DbSet<AppealRow> Appeals => Set<AppealRow>();

    public DbSet<AppealVerdict> AppealVerdicts => Set<AppealVerdict>();

    public DbSet<LinkState> LinkStates => Set<LinkState>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UnixMs>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.ApplyConfigurationsFromAssembly(typeof(OperationalDb).Assembly);

    private sealed class UnixMs() : ValueConverter<DateTimeOffset, long>(t => t.ToUnixTimeMilliseconds(), ms => DateTimeOffset.FromUnixTimeMilliseconds(ms));
}

/// <summary>In a file of its own.</summary>
public sealed class SqliteOperationalDb(DbContextOptions<SqliteOperationalDb> options) : OperationalDb(options);

/// <summary>On a server, shared by several of ours.</summary>
public sealed class PostgresOperationalDb(DbContextOptions<PostgresOperationalDb> options) : OperationalDb(options);

/// <summary>For <c>dotnet ef migrations add NAME --context SqliteOperationalDb --output-dir Operations/Migrations/Sqlite</c>.</summary>
internal sealed class SqliteDesign : IDesignTimeDbContextFactory<SqliteOperationalDb>
{
    public SqliteOperationalDb CreateDbContext(string[] args) => (SqliteOperationalDb)new OperationalDbs(new OperationsOptions()).CreateDbContext();
}

/// <summary>For <c>dotnet ef migrations add NAME --context PostgresOperationalDb --output-dir Operations/Migrations/Postgres</c>.</summary>
internal sealed class PostgresDesign : IDesignTimeDbContextFactory<PostgresOperationalDb>
{
    public PostgresOperationalDb CreateDbContext(string[] args) =>
        (PostgresOperationalDb)new OperationalDbs(new OperationsOptions { Kind = OperationsKind.Postgresql, Postgres = "Host=127.0.0.1" }).CreateDbContext();
}
