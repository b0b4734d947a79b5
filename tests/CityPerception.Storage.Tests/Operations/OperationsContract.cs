using CityPerception.Storage.Operations;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;

namespace CityPerception.Storage.Tests.Operations;

/// <summary>Makes operational databases of one kind.</summary>
public interface IOperationsKind
{
    internal OperationsOptions New();
}

/// <summary>A file each.</summary>
public sealed class SqliteKind : IOperationsKind, IDisposable
{
    private readonly TempFolder _folder = new();

    OperationsOptions IOperationsKind.New() => new() { SqlitePath = _folder.File($"{Guid.NewGuid():N}.db") };

    public void Dispose() => _folder.Dispose();
}

/// <summary>A database each, of one real server.</summary>
public sealed class PostgresKind : IOperationsKind, IAsyncLifetime
{
    private PostgresServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await PostgresServer.StartAsync(TestContext.Current.CancellationToken);

    OperationsOptions IOperationsKind.New() => new() { Kind = OperationsKind.Postgresql, Postgres = _server.ConnectionString($"t{Guid.NewGuid():N}") };

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}

/// <summary>An operational database for each test.</summary>
public abstract class OperationsContract(IOperationsKind kind) : IAsyncLifetime
{
    private protected OperationsOptions Options { get; } = kind.New();

    private protected OperationalDbs Databases => field ??= new OperationalDbs(Options);

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await Databases.MigrateAsync(Ct);

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
