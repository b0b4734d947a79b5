using CityPerception.Core.Queries;
using CityPerception.Core.Schema;
using CityPerception.Storage.Stores.DuckDb;
using CityPerception.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace CityPerception.Storage.Tests.Stores;

public sealed class DuckDbStoreTests : StoreContract
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Write_ProcessKilledAfterwards_EverythingAcknowledgedIsThere()
    {
        await using DuckDbWriterProcess writer = DuckDbWriterProcess.Start(_folder.File("killed.duckdb"));
        int acknowledged = await writer.AcknowledgedAsync(atLeast: 25, Ct);
        writer.Kill();
        acknowledged = Math.Max(acknowledged, await writer.LastAcknowledgedAsync());

        await using DuckDbStore store = Store("killed.duckdb", () => Catalog);
        await store.OpenAsync(Ct);

        AggregateRow row = Assert.Single(await store.AggregateAsync(NoiseOfMarch(new("leq", Aggregate.Count), new("leq", Aggregate.Max)), Ct));
        Assert.InRange(row.Values[0]!.Value, acknowledged * DuckDbWriterProcess.BatchLines, double.MaxValue);
        Assert.Equal(0, row.Values[0]!.Value % DuckDbWriterProcess.BatchLines); // whole batches only
        Assert.Equal(row.Values[0] - 1, row.Values[1]);
    }

    [Fact]
    public async Task Open_AfterAKillInTheMiddleOfMakingTheFile_MakesItAnew()
    {
        await File.WriteAllBytesAsync(_folder.File("begun.duckdb.new"), new byte[4096], Ct); // as DuckDB leaves it
        await using DuckDbStore store = Store("begun.duckdb", () => Catalog);
        await store.OpenAsync(Ct);
        Assert.True(File.Exists(_folder.File("begun.duckdb")));
        Assert.False(File.Exists(_folder.File("begun.duckdb.new")));
    }

    [Fact]
    public async Task Open_FileHeldByAnotherProcess_SaysSo()
    {
        await using DuckDbWriterProcess writer = DuckDbWriterProcess.Start(_folder.File("held.duckdb"));
        await writer.AcknowledgedAsync(atLeast: 1, Ct);
        await using DuckDbStore store = Store("held.duckdb", () => Catalog);

        var held = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.OpenAsync(Ct));

        Assert.Contains("held by another process", held.Message, StringComparison.Ordinal);
        Assert.Contains("held.duckdb", held.Message, StringComparison.Ordinal);
        writer.Kill();
        await writer.LastAcknowledgedAsync();
        await store.OpenAsync(Ct);
    }

    [Fact]
    public async Task Open_NotADatabase_NamesFileAndSetting()
    {
        await File.WriteAllTextAsync(_folder.File("text.duckdb"), new string('x', 5000), Ct);
        await using DuckDbStore store = Store("text.duckdb", () => Catalog);

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.OpenAsync(Ct));

        Assert.Contains("text.duckdb", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Store:DuckDb:Path", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_Again_FindsWhatWasStored()
    {
        await using (DuckDbStore first = Store("again.duckdb", () => Catalog)) await WriteAsync(first, Lines.Noise("2026-03-01T08:00:00Z", 54));

        await using DuckDbStore second = Store("again.duckdb", () => Catalog);

        Assert.Equal(54.0, Assert.Single(await PointsAsync(second, All("noise"))).Fields["leq"]);
    }

    [Fact]
    public async Task Open_FieldOfAnotherTypeThanBefore_KeepsTheDataAndRefusesTheNewType()
    {
        await using (DuckDbStore first = Store("type.duckdb", () => Catalog)) await WriteAsync(first, Lines.Noise("2026-03-01T08:00:00Z", 54));
        MeasurementCatalog changed = new([Measurement("noise", ["device", "district"], [("leq", FieldType.Integer)])]);

        await using DuckDbStore second = Store("type.duckdb", () => changed);
        WriteResult written = await second.WriteAsync(Lines.Of("noise leq=55i 1772352001000000000"), Ct);

        Assert.Contains("stored as Float, the line has Integer", Assert.Single(written.Refused).Detail, StringComparison.Ordinal);
        Assert.Equal(54.0, Assert.Single(await PointsAsync(second, All("noise"))).Fields["leq"]);
    }

    [Fact]
    public async Task Open_NamesThatDifferInCaseOnly_AreExplained()
    {
        MeasurementCatalog twice = new([Measurement("noise", ["device"], [("leq", FieldType.Float), ("Leq", FieldType.Float)])]);
        await using DuckDbStore store = Store("case.duckdb", () => twice);

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.OpenAsync(Ct));

        Assert.Contains("'Leq', 'leq'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_WhatTheSchemaDoesNotKnow_IsRefusedByName()
    {
        IStore store = await OpenEmptyStoreAsync();

        WriteResult written = await store.WriteAsync(Lines.Of(
            Lines.Line("humidity", [], [("rh", 50.0)], 1),
            Lines.Line("noise", [("colour", "red")], [("leq", 50.0)], 1),
            Lines.Line("noise", [], [("leq", 50.0), ("lmax", 60.0)], 1),
            "noise leq=1",
            Lines.Line("noise", [], [("leq", 51.0)], 1)), Ct);

        Assert.Equal(1, written.Stored);
        Assert.Equal(
            ["measurement 'humidity' is not in measurements.yaml", "tag 'colour' is not one of 'noise' in measurements.yaml", "field 'lmax' is not one of 'noise' in measurements.yaml", "the line has no time"],
            written.Refused.Select(r => r.Detail));
        Assert.Equal(51.0, Assert.Single(await PointsAsync(store, All("noise"))).Fields["leq"]);
    }

    [Fact]
    public async Task Write_SameTagsInAnotherOrder_AreTheSamePoint()
    {
        IStore store = await OpenEmptyStoreAsync();

        await WriteAsync(store, "noise,device=n,district=d leq=1 5", "noise,district=d,device=n leq=2 5");
        await WriteAsync(store, "noise,district=d,device=n leq=3 5");

        Assert.Equal(3.0, Assert.Single(await PointsAsync(store, All("noise"))).Fields["leq"]);
    }

    [Fact]
    public async Task Read_WhileOthersWrite_SeesWholeBatches()
    {
        IStore store = await OpenEmptyStoreAsync();
        Task writing = Task.Run(async () =>
        {
            for (int b = 0; b < 20; b++) await WriteAsync(store, Enumerable.Range(0, 100).Select(i => Lines.Line("noise", [("device", $"n{i}")], [("leq", 1.0)], b)));
        }, Ct);

        AggregateQuery count = new() { Measurement = "noise", Select = [new("leq", Aggregate.Count)], From = DateTimeOffset.UnixEpoch, To = At("2026-01-01") };
        double last = 0;
        while (last < 2000)
        {
            IReadOnlyList<AggregateRow> rows = await store.AggregateAsync(count, Ct);
            double seen = rows.Count == 0 ? 0 : rows[0].Values[0]!.Value;
            Assert.Equal(0, seen % 100);
            Assert.InRange(seen, last, 2000);
            last = seen;
        }

        await writing;
    }

    protected override Task<IStore> OpenEmptyStoreAsync(Func<MeasurementCatalog> catalog) => Task.FromResult<IStore>(Store("city.duckdb", catalog));

    protected override ValueTask CleanUpAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private DuckDbStore Store(string file, Func<MeasurementCatalog> catalog) =>
        new(new DuckDbOptions { Path = _folder.File(file) }, catalog, NullLogger<DuckDbStore>.Instance);
}
