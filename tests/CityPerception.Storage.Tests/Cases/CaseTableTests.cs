using CityPerception.Storage.Tests.Operations;

namespace CityPerception.Storage.Tests.Cases;

public sealed class SqliteCaseTableTests(SqliteKind kind) : CaseTableContract(kind), IClassFixture<SqliteKind>;

public sealed class PostgresCaseTableTests(PostgresKind kind) : CaseTableContract(kind), IClassFixture<PostgresKind>;
