using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql;

namespace CityPerception.Storage.Operations;

/// <summary>Opens contexts of the operational database that is configured. A context is for one piece of work and one thread.</summary>
public sealed class OperationalDbs : IDbContextFactory<OperationalDb>
{
    private readonly Func<OperationalDb> _create;

    /// <param name="options">Which database.</param>
    /// <exception cref="IOException">The file of the password cannot be read.</exception>
    public OperationalDbs(OperationsOptions options)
    {
        if (options.Kind is OperationsKind.Sqlite)
        {
            // A command may write while the server runs: each waits for the other's transaction, which is short.
            var file = new SqliteConnectionStringBuilder { DataSource = options.SqlitePath, DefaultTimeout = 30 };
            var factory = new PooledDbContextFactory<SqliteOperationalDb>(Build<SqliteOperationalDb>().UseSqlite(file.ToString()).Options);
            _create = factory.CreateDbContext;
            Description = $"sqlite {Path.GetFullPath(options.SqlitePath)}";
        }
        else
        {
            var server = new NpgsqlConnectionStringBuilder(options.Postgres);
            Description = $"postgresql {server.Host}:{server.Port} ({server.Database})";
            if (options.PostgresPasswordFile is { } password) server.Password = File.ReadAllText(password).Trim();
            var factory = new PooledDbContextFactory<PostgresOperationalDb>(Build<PostgresOperationalDb>().UseNpgsql(server.ToString()).Options);
            _create = factory.CreateDbContext;
        }
    }

    /// <summary>Which database it is, without secrets.</summary>
    public string Description { get; }

    public OperationalDb CreateDbContext() => _create();

    /// <summary>Brings the database to the form that this version wants; makes it where there is none. Several servers may do so at a time.</summary>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using OperationalDb db = CreateDbContext();
        await db.Database.MigrateAsync(cancellationToken);
    }

    private static DbContextOptionsBuilder<T> Build<T>()
        where T : DbContext => new DbContextOptionsBuilder<T>().UseSnakeCaseNamingConvention();
}
