using CityPerception.Storage.Cases;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Stores.InfluxDb;
using CityPerception.Storage.Tests.Operations;
using CityPerception.Storage.Tests.Stores;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace CityPerception.Storage.Tests.Cases;

/// <summary>Cases rebuilt from InfluxDB, which answers in another order and by pages.</summary>
public sealed class CaseRebuildStoreTests(SqliteKind kind, SharedInfluxServer shared) : OperationsContract(kind), IClassFixture<SqliteKind>
{
    private static readonly DateTimeOffset From = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), To = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Rebuild_FromInfluxDb_IsTheTableThatWasThere()
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        string[] history = [.. Enumerable.Range(0, 200).SelectMany(i => CaseHistories.Make(random, $"C{i}"))];
        InfluxServer server = await shared.GetAsync();
        await using var store = new InfluxStore(
            new InfluxOptions { Url = server.Url.ToString(), User = server.User, Password = server.Password, Database = InfluxServer.NewDatabaseName() }, () => CaseHistories.Plan.Measurements, NullLogger<InfluxStore>.Instance, TimeProvider.System);
        await store.OpenAsync(Ct);
        var table = new CaseTable(Databases, () => CaseHistories.Terms, TimeProvider.System);
        var projection = new CaseProjection(_ => ValueTask.FromResult(table), () => CaseHistories.Terms);
        foreach (string[] batch in CaseHistories.Deliver(random, history).SelectMany(b => b.Chunk(700)))
        {
            await store.WriteAsync(Lines.Of(batch), Ct);
            await projection.ApplyAsync(Lines.Of(batch), Ct);
        }

        List<CaseRow> before = await RowsAsync();
        Assert.InRange(before.Count, 100, 200);
        Assert.Equal(before.Count, await new CaseRebuild(store, Databases, table, () => CaseHistories.Terms, TimeProvider.System).RunAsync(From, To, _ => default, Ct));
        List<CaseRow> after = await RowsAsync();

        Assert.Equal(before.Count, after.Count);
        Assert.All(before.Zip(after), pair => Assert.Equivalent(Comparable(pair.First), Comparable(pair.Second), strict: true));
        Assert.DoesNotContain(after, row => row.Edition == before[0].Edition); // all of it is new
    }

    private async Task<List<CaseRow>> RowsAsync()
    {
        await using OperationalDb db = Databases.CreateDbContext();
        return await db.Cases.AsNoTracking().OrderBy(c => c.Source).ThenBy(c => c.Id).ToListAsync(Ct);
    }

    private static Dictionary<string, object?> Comparable(CaseRow row) => typeof(CaseRow).GetProperties()
        .Where(p => p.Name != nameof(CaseRow.Edition) && p.CanWrite)
        .ToDictionary(p => p.Name, p => p.GetValue(row) is byte[] bytes ? Convert.ToHexString(bytes) : p.GetValue(row));
}
