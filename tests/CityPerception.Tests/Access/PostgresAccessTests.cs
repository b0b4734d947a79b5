using CityPerception.TestKit.Servers;

namespace CityPerception.Tests.Access;

/// <summary>People and keys in a real PostgreSQL.</summary>
public sealed class PostgresPeopleServer : PeopleServer
{
    private PostgresServer? _postgres;

    protected override (string Key, string Value)[] Settings => [.. base.Settings, ("Operations:Kind", "postgresql"), ("Operations:Postgres", _postgres!.ConnectionString("city"))];

    public override async ValueTask InitializeAsync()
    {
        _postgres = await PostgresServer.StartAsync(Ct);
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_postgres is not null) await _postgres.DisposeAsync();
    }
}

public sealed class PostgresKeyTests(PostgresPeopleServer server) : KeyContract(server), IClassFixture<PostgresPeopleServer>;

public sealed class PostgresSessionTests(PostgresPeopleServer server) : SessionContract(server), IClassFixture<PostgresPeopleServer>;
