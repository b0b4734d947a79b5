using System.Text.Json;
using CityPerception.Core.Queries;
using CityPerception.DeadLetters;
using CityPerception.Storage.DeadLetters;
using CityPerception.Storage.Stores;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;
using CityPerception.Tests.Simulation;
using Microsoft.Extensions.Logging.Abstractions;

namespace CityPerception.Tests.Support;

/// <summary>What is left of a <see cref="NumberedLoad"/> when the server has stopped.</summary>
internal sealed class Kept
{
    private readonly List<(long Number, double Value)> _stored;
    private readonly List<long> _letters;

    private Kept(List<(long, double)> stored, List<long> letters) => (_stored, _letters) = (stored, letters);

    public static Kept Of(IEnumerable<(long TimeNs, double Value)> points, List<long> letters) =>
        new([.. points.Select(p => (NumberedLoad.NumberOf(p.TimeNs), p.Value))], letters);

    /// <summary>Reads the embedded database of a stopped server, through the store.</summary>
    /// <param name="data">The data directory.</param>
    /// <param name="file">The database, if it is not there.</param>
    public static async Task<Kept> InDuckDbAsync(string data, string? file = null) =>
        Of([.. await PointsAsync(data, "air_quality", "pm25", file), .. await PointsAsync(data, "noise", "leq", file)], LettersIn(data));

    /// <summary>The points of a measurement that have a field.</summary>
    public static async Task<List<(long TimeNs, double Value)>> PointsAsync(string data, string measurement, string field, string? file = null)
    {
        var options = new StoreOptions();
        options.DuckDb.Path = file ?? Path.Combine(data, "cityperception.duckdb");
        await using IStore store = Stores.Create(options, () => Ingest.Plan.Measurements, NullLoggerFactory.Instance, TimeProvider.System);
        var query = new PointQuery { Measurement = measurement, Fields = [field], From = DateTimeOffset.UnixEpoch, To = DateTimeOffset.UnixEpoch.AddYears(150) };
        List<(long, double)> points = [];
        await foreach (Point point in store.ReadAsync(query, TestContext.Current.CancellationToken)) points.Add((point.TimeNs, Convert.ToDouble(point.Fields[field], null)));
        return points;
    }

    /// <summary>Asks a database of InfluxDB, also while the server runs.</summary>
    public static async Task<Kept> InInfluxDbAsync(InfluxServer influx, string database, string data) =>
        Of([.. await PointsAsync(influx, database, "air_quality", "pm25"), .. await PointsAsync(influx, database, "noise", "leq")], LettersIn(data));

    /// <summary>The points of a measurement that have a field.</summary>
    public static async Task<List<(long TimeNs, double Value)>> PointsAsync(InfluxServer influx, string database, string measurement, string field)
    {
        string answer = await influx.QueryAsync($"SELECT {field} FROM {measurement}", TestContext.Current.CancellationToken, database);
        using JsonDocument json = JsonDocument.Parse(answer);
        // Times come as RFC 3339; ours are whole milliseconds.
        return json.RootElement.GetProperty("results")[0].TryGetProperty("series", out JsonElement series)
            ? [.. series[0].GetProperty("values").EnumerateArray().Select(row => (Lines.Ns(row[0].GetString()!), row[1].GetDouble()))]
            : [];
    }

    /// <summary>All dead letters.</summary>
    public static IReadOnlyList<DeadLetter> AllLettersIn(string data) =>
        LetterAccess.Reader(data).Read(new DeadLetterFilter { Limit = int.MaxValue }, TestContext.Current.CancellationToken).Letters;

    /// <summary>The numbers of the messages among the dead letters.</summary>
    public static List<long> LettersIn(string data) =>
        [.. AllLettersIn(data).Where(letter => letter.Kind == DeadLetterKind.Message)
            .Select(letter => NumberedLoad.NumberOf(JsonDocument.Parse(letter.Payload).RootElement.GetProperty("ts").GetInt64() * 1_000_000))];

    public void AssertHolds(NumberedLoad load) => AssertHolds(load.Sent, [.. load.Acknowledged], lettersOnce: true);

    /// <summary>Everything acknowledged is there exactly once with its value, the bad ones as dead letters; nothing is there that was not sent.</summary>
    /// <param name="sent">All numbers that have left.</param>
    /// <param name="acknowledged">Those that the server has promised to keep.</param>
    /// <param name="lettersOnce">False where a bad message may have been sent again, which makes a letter each time.</param>
    public void AssertHolds(IEnumerable<long> sent, IReadOnlyCollection<long> acknowledged, bool lettersOnce)
    {
        HashSet<long> stored = [.. _stored.Select(s => s.Number)], letters = [.. _letters], known = [.. sent];
        Assert.True(stored.Count == _stored.Count, $"stored more than once: {Some(_stored.GroupBy(s => s.Number).Where(g => g.Count() > 1).Select(g => g.Key))}");
        Assert.True(!lettersOnce || letters.Count == _letters.Count, $"more than one dead letter: {Some(_letters.GroupBy(n => n).Where(g => g.Count() > 1).Select(g => g.Key))}");

        List<long> lost = [.. acknowledged.Where(n => !stored.Contains(n) && !letters.Contains(n))];
        Assert.True(lost.Count == 0, $"acknowledged and lost: {Some(lost)}");
        List<long> madeUp = [.. stored.Union(letters).Where(n => !known.Contains(n))];
        Assert.True(madeUp.Count == 0, $"never sent: {Some(madeUp)}");

        Assert.All(_stored, s => Assert.Equal(NumberedLoad.ValueOf(s.Number), s.Value));
        Assert.All(letters, n => Assert.True(NumberedLoad.IsBad(n), $"{n} is a dead letter and was good"));
        Assert.DoesNotContain(acknowledged, n => stored.Contains(n) && letters.Contains(n));
        Assert.NotEmpty(letters);
    }

    private static string Some(IEnumerable<long> numbers)
    {
        List<long> all = [.. numbers.Order()];
        return $"{all.Count} numbers: {string.Join(", ", all.Take(10))}";
    }
}
