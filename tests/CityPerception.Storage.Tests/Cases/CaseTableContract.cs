using System.Globalization;
using System.Text;
using CityPerception.Core.Cases;
using CityPerception.Core.Queries;
using CityPerception.Storage.Cases;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Stores.DuckDb;
using CityPerception.Storage.Tests.Operations;
using CityPerception.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CityPerception.Storage.Tests.Cases;

/// <summary>The cases of the operational database, on either one.</summary>
public abstract class CaseTableContract(IOperationsKind kind) : OperationsContract(kind)
{
    private const int Histories = 300;

    private static readonly DateTimeOffset From = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), To = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero));

    private CaseTable Table => field ??= new CaseTable(Databases, () => CaseHistories.Terms, _clock);

    private CaseQuery Query => new(Databases);

    [Fact]
    public async Task Apply_RandomHistoriesAsTheyCome_IsTheSameAsInOrderAndAsRebuiltFromTheStore()
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        string[] history = [.. Enumerable.Range(0, Histories).SelectMany(i => CaseHistories.Make(random, $"C{i}"))];
        CaseProjection projection = Projection();
        await using var store = new TestStore();
        foreach (string[] batch in CaseHistories.Deliver(random, history).SelectMany(b => b.Chunk(700)))
        {
            await store.Store.WriteAsync(Lines.Of(batch), Ct);
            await projection.ApplyAsync(Lines.Of(batch), Ct);
        }

        List<string> expected = [];
        foreach (IGrouping<CaseKey, CaseEvent> one in CaseReader.Read(Lines.Of(history), CaseHistories.Terms).GroupBy(p => p.Key, p => p.Point))
        {
            var events = new CaseEvents();
            foreach (CaseEvent point in one) events.Add(point);
            expected.Add(Describe(CaseRow.Of(0, one.Key, events, CaseHistories.Terms)));
        }

        expected.Sort(StringComparer.Ordinal);
        Assert.InRange(expected.Count, Histories / 2, Histories);
        Assert.Equal(expected, await AllAsync());

        Assert.Equal(expected.Count, await Rebuild(store.Store).RunAsync(From, To, _ => default, Ct));
        Assert.Equal(expected, await AllAsync());
        await using OperationalDb db = Databases.CreateDbContext();
        Assert.Equal(expected.Count, await db.Cases.CountAsync(Ct)); // the edition before is gone
    }

    /// <summary>CITYPERCEPTION_TEST_CASES says how many (2,000): for measuring.</summary>
    [Fact]
    public async Task Rebuild_OfManyCasesOfFourEvents_HasThemAll()
    {
        int many = int.TryParse(Environment.GetEnvironmentVariable("CITYPERCEPTION_TEST_CASES"), CultureInfo.InvariantCulture, out int given) ? given : 2_000;
        string[] states = ["accepted", "dispatched", "disposed", "closed"];
        await using var store = new TestStore();
        foreach (int[] batch in Enumerable.Range(0, many).Chunk(5_000))
            await store.Store.WriteAsync(Lines.Of(batch.SelectMany(i => states.Select((state, step) => Event($"C{i:0000000}", state, (i / 10) + (step * 600), deadline: 1_772_500_000 + (i * 6), identity: i)))), Ct);

        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal(many, await Rebuild(store.Store).RunAsync(From, To, _ => default, Ct));
        TestContext.Current.TestOutputHelper!.WriteLine($"{many} cases in {watch.Elapsed.TotalSeconds:0.0} s");
        Assert.Equal(many, await Rebuild(store.Store).RunAsync(From, To, _ => default, Ct));
        TestContext.Current.TestOutputHelper.WriteLine($"and again over what is there, {watch.Elapsed.TotalSeconds:0.0} s in all, {Environment.WorkingSet >> 20} MB");
        Assert.All((await Query.FindAsync("s", "C0000000", Ct)).Select(c => c.State), s => Assert.Equal("closed", s));
    }

    [Fact]
    public async Task Rebuild_WhileLinesCome_LosesNoneAndKeepsTheirLaterWord()
    {
        await using var store = new TestStore();
        string[] old = [.. Enumerable.Range(0, 50).Select(i => Event($"C{i}", "accepted", i))];
        await store.Store.WriteAsync(Lines.Of(old), Ct);
        CaseProjection projection = Projection();
        await projection.ApplyAsync(Lines.Of(old), Ct);

        // When the rebuild has read everything, a correction of what it has read and a new case come.
        bool came = false;
        await Rebuild(store.Store).RunAsync(From, To, async _ =>
        {
            if (came) return;
            came = true;
            await projection.ApplyAsync(Lines.Of(Event("C1", "accepted", 1, deadline: 1_772_700_000), Event("C50", "accepted", 50)), Ct);
        }, Ct);

        Assert.True(came);
        Assert.Equal(51, (await AllAsync()).Count);
        Assert.Equal(1_772_700_000_000, Assert.Single(await Query.FindAsync("s", "C1", Ct)).DeadlineAt!.Value.ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task DeleteEnded_InParts_TakesTheCasesThatEndedBeforeAndNoOthers()
    {
        string[] lines = [.. Enumerable.Range(0, 7).SelectMany(i => new[] { Event($"C{i}", "accepted", i), Event($"C{i}", "closed", 1_000 * (i + 1)) }), Event("OPEN", "accepted", 1)];
        await Projection().ApplyAsync(Lines.Of(lines), Ct);
        DateTimeOffset before = Assert.Single(await Query.FindAsync("s", "C5", Ct)).EndedAt!.Value;

        Assert.Equal(5, await Table.CountEndedAsync(before, Ct));
        Assert.Equal(5, await Table.DeleteEndedAsync(before, atOnce: 2, Ct));

        Assert.Equal(0, await Table.CountEndedAsync(before, Ct));
        Assert.Equal(["C5", "C6", "OPEN"], (await Query.ListAsync(new CaseFilter { Now = _clock.GetUtcNow(), Limit = 100 }, Ct)).Select(c => c.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Rebuild_StoppedOrBesideAnother_LeavesTheCasesAsTheyAre()
    {
        await using var store = new TestStore();
        await store.Store.WriteAsync(Lines.Of(Event("C1", "accepted", 1), Event("C2", "accepted", 2)), Ct);
        await Projection().ApplyAsync(Lines.Of(Event("C1", "accepted", 1)), Ct);
        IReadOnlyList<string> before = await AllAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => Rebuild(store.Store).RunAsync(From, To, async _ =>
        {
            Assert.Null(await Rebuild(store.Store).RunAsync(From, To, _ => default, Ct)); // one at a time
            throw new InvalidOperationException("the power is gone");
        }, Ct));
        Assert.Equal(before, await AllAsync());

        Assert.Equal(2, await Rebuild(store.Store).RunAsync(From, To, _ => default, Ct));
    }

    [Fact]
    public async Task Apply_ByTwoServersAtOnce_ForgetsNothing()
    {
        var other = new CaseTable(new OperationalDbs(Options), () => CaseHistories.Terms, _clock);
        string[] states = ["reported", "verified", "accepted", "filed", "dispatched", "signed", "disposed", "checked", "closed"];
        await Task.WhenAll(states.Select((state, i) => Task.Run(
            () => (i % 2 == 0 ? Table : other).AddAsync(CaseReader.Read(Lines.Of(Event("C1", state, i)), CaseHistories.Terms), Ct), Ct)));
        CaseRow row = Assert.Single(await Query.FindAsync(null, "C1", Ct));
        Assert.Equal(states, CaseEvents.FromBytes(row.Events).Points.Select(p => p.State));
    }

    [Fact]
    public async Task List_FilteredAndByPages_ShowsEachOnce()
    {
        await Projection().ApplyAsync(
            Lines.Of([.. Enumerable.Range(0, 25).Select(i => Event($"C{i}", i % 5 == 0 ? "closed" : "accepted", i / 3, deadline: 1_772_409_700 + i, district: i % 2 == 0 ? "140403" : "140404"))]), Ct);
        DateTimeOffset now = DateTimeOffset.FromUnixTimeSeconds(1_772_409_710);
        var all = new CaseFilter { Now = now, Limit = 4 };
        List<string> seen = [];
        for (CasePlace? after = null; await Query.ListAsync(all with { After = after }, Ct) is { Count: > 0 } page; after = new CasePlace(page[^1].ChangedAt, page[^1].Source, page[^1].Id)) seen.AddRange(page.Select(c => c.Id));
        Assert.Equal(25, seen.Count);
        Assert.Distinct(seen);

        IReadOnlyList<CaseRow> overdue = await Query.ListAsync(all with { IsOverdue = true, District = "140403", Limit = 100 }, Ct);
        Assert.Equal(["C2", "C4", "C6", "C8"], overdue.Select(c => c.Id).Order(StringComparer.Ordinal)); // not C0, which is closed, nor C10, whose deadline is now
        Assert.Equal(5, (await Query.ListAsync(all with { IsOpen = false, Limit = 100 }, Ct)).Count);
        Assert.Equal(25, (await Query.ListAsync(all with { IsOverdue = false, Limit = 100 }, Ct)).Count + (await Query.ListAsync(all with { IsOverdue = true, Limit = 100 }, Ct)).Count);
    }

    [Fact]
    public async Task Due_DeadlinesOfOpenCases_AreThoseThatHaveCome()
    {
        await Projection().ApplyAsync(
            Lines.Of(Event("A", "accepted", 1, deadline: 1_772_410_000), Event("B", "accepted", 1, deadline: 1_772_420_000), Event("C", "closed", 1, deadline: 1_772_410_000)), Ct);
        DateTimeOffset now = DateTimeOffset.FromUnixTimeSeconds(1_772_415_000);
        Assert.Equal(["A"], (await Query.DueAsync(From, now, null, 10, Ct)).Select(c => c.Id));
        Assert.Empty(await Query.DueAsync(From, now, new CaseKey("s", "A"), 10, Ct));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_772_420_000), await Query.NextDueAsync(now, Ct));
    }

    private CaseProjection Projection() => new(_ => ValueTask.FromResult(Table), () => CaseHistories.Terms);

    private CaseRebuild Rebuild(IStore store) => new(store, Databases, Table, () => CaseHistories.Terms, _clock);

    // Everything of a row but its edition.
    private static string Describe(CaseRow c) => string.Create(
        CultureInfo.InvariantCulture,
        $"{c.Source}|{c.Id}|{c.State}|{c.District}|{c.Grid}|{c.Category}|{c.Dept}|{c.BegunAt:O}|{c.ChangedAt:O}|{c.EndedAt:O}|{c.DeadlineAt:O}|{c.IsDeadlineSent}|{c.IsOpen}|{c.Misses}|{c.OnTime}|{c.Reworks}|{c.Returns}|{c.Mediated}|{c.Agreed}|{c.ClockAt:O}|{c.IsCut}|{Encoding.UTF8.GetString(c.Events)}");

    private async Task<List<string>> AllAsync()
    {
        List<string> rows = [.. (await Query.ListAsync(new CaseFilter { Now = _clock.GetUtcNow(), Limit = int.MaxValue }, Ct)).Select(Describe)];
        rows.Sort(StringComparer.Ordinal);
        return rows;
    }

    private static string Event(string id, string state, int minute, long? deadline = null, string district = "140403", int? identity = null) => Lines.Line(
        "case_event", [("category", "other"), ("dept", "other"), ("district", district), ("sense", "human"), ("source", "s"), ("state", state)],
        deadline is { } seconds ? [("case_id", id), ("deadline", seconds)] : [("case_id", id)],
        (1_772_409_600L + minute * 60) * 1_000_000_000 + (identity ?? (long)(uint)id.GetHashCode(StringComparison.Ordinal)) % 1_000_000);

    private sealed class TestStore : IAsyncDisposable
    {
        private readonly TempFolder _folder = new();

        public TestStore() => Store = new DuckDbStore(new DuckDbOptions { Path = _folder.File("cases.duckdb") }, () => CaseHistories.Plan.Measurements, NullLogger<DuckDbStore>.Instance);

        public DuckDbStore Store { get; }

        public async ValueTask DisposeAsync()
        {
            await Store.DisposeAsync();
            _folder.Dispose();
        }
    }
}
