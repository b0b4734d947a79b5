using System.Data.Common;
using System.Reflection;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace CityPerception.Storage.Operations;

/// <summary>Opens contexts of the operational database that is configured. A context is for one piece of work and one thread.</summary>
public sealed class OperationalDbs : IDbContextFactory<OperationalDb>
{
    private readonly Func<OperationalDb> _create;
    private readonly Func<DbConnection> _connect;
    private readonly string _lastMigration;
    private readonly string? _file;

    /// <param name="options">Which database.</param>
    /// <exception cref="IOException">The file of the password cannot be read.</exception>
    public OperationalDbs(OperationsOptions options)
    {
        if (options.Kind is OperationsKind.Sqlite)
        {
            // A command may write while the server runs: each waits for the other's transaction, which is short.
            var file = new SqliteConnectionStringBuilder { DataSource = options.SqlitePath, DefaultTimeout = 30 };
            var factory = new PooledDbContextFactory<SqliteOperationalDb>(Build<SqliteOperationalDb>().UseSqlite(file.ToString()).Options);
            (_create, _connect, _file) = (factory.CreateDbContext, () => new SqliteConnection(file.ToString()), options.SqlitePath);
            _lastMigration = LastMigrationOf<SqliteOperationalDb>();
            Description = $"sqlite {Path.GetFullPath(options.SqlitePath)}";
        }
        else
        {
            var server = new NpgsqlConnectionStringBuilder(options.Postgres);
            Description = $"postgresql {server.Host}:{server.Port} ({server.Database})";
            string connection = options.PostgresConnection();
            var factory = new PooledDbContextFactory<PostgresOperationalDb>(Build<PostgresOperationalDb>().UseNpgsql(connection).Options);
            (_create, _connect) = (factory.CreateDbContext, () => new NpgsqlConnection(connection));
            _lastMigration = LastMigrationOf<PostgresOperationalDb>();
        }
    }

    /// <summary>Which database it is, without secrets.</summary>
    public string Description { get; }

    public OperationalDb CreateDbContext() => _create();

    /// <summary>Brings the database to the form that this version wants; makes it where there is none. Several servers may do so at a time.</summary>
    /// <exception cref="IOException">The file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be.</exception>
    /// <exception cref="System.Data.Common.DbException">The database does not answer, or refuses.</exception>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        if (_file is not null) CloseToOthers(_file);
        // Asked first. EF Core takes a lock to migrate, and one that a killed process held in SQLite is never given back;
        // and to begin with EF Core takes a second, which most starts need not wait for.
        if (await IsCurrentAsync(cancellationToken)) return;
        await using FileStream? alone = _file is null ? null : await TakeTurnAsync(_file + ".migrating", cancellationToken);
        await using OperationalDb db = CreateDbContext();
        // Whoever has the turn is the only one who migrates: a lock that is there now is one of a process that was killed.
        if (_file is not null) await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", cancellationToken);
        await db.Database.MigrateAsync(cancellationToken);
        // Then a command may write while the server reads.
        if (_file is not null) await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL", cancellationToken);
    }

    // The system gives it back, however a process ends.
    private static async Task<FileStream> TakeTurnAsync(string file, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(file))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
            }
        }
    }

    private async Task<bool> IsCurrentAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using DbConnection connection = _connect();
            await connection.OpenAsync(cancellationToken);
            await using DbCommand command = connection.CreateCommand();
            command.CommandText = "SELECT max(migration_id) FROM \"__EFMigrationsHistory\"";
            return await command.ExecuteScalarAsync(cancellationToken) is string last && last == _lastMigration;
        }
        catch (DbException)
        {
            return false; // there is none yet; or it does not answer, which the migration then says
        }
    }

    private static string LastMigrationOf<T>() => typeof(T).Assembly.GetTypes()
        .Where(static t => t.GetCustomAttribute<DbContextAttribute>()?.ContextType == typeof(T))
        .Max(static t => t.GetCustomAttribute<MigrationAttribute>()?.Id)!;

    // It holds what lets devices in. The files that SQLite lays beside it get the same mode.
    private static void CloseToOthers(string file)
    {
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        if (OperatingSystem.IsWindows()) return;
        if (!File.Exists(file)) new FileStream(file, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite, UnixCreateMode = Owner }).Dispose();
        else if (File.GetUnixFileMode(file) != Owner) File.SetUnixFileMode(file, Owner);
    }

    private static DbContextOptionsBuilder<T> Build<T>()
        where T : DbContext => new DbContextOptionsBuilder<T>().UseSnakeCaseNamingConvention();
}
