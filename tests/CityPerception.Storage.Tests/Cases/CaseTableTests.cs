using CityPerception.Storage.Operations;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;

namespace CityPerception.Storage.Tests.Cases;

public sealed class SqliteCaseTableTests : CaseTableContract
{
    private readonly TempFolder _folder = new();

    private protected override Task<OperationsOptions> OptionsAsync() => Task.FromResult(new OperationsOptions { SqlitePath = _folder.File("operations.db") });

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}

public sealed class PostgresCaseTableTests(PostgresCaseTableTests.Shared shared) : CaseTableContract, IClassFixture<PostgresCaseTableTests.Shared>
{
    private readonly string _database = "t" + Guid.NewGuid().ToString("N");

    private protected override Task<OperationsOptions> OptionsAsync() =>
        Task.FromResult(new OperationsOptions { Kind = OperationsKind.Postgresql, Postgres = shared.Server.ConnectionString(_database) });

    public sealed class Shared : IAsyncLifetime
    {
        public PostgresServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await PostgresServer.StartAsync(TestContext.Current.CancellationToken);

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
