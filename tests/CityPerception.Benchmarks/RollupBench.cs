using System.Diagnostics;
using System.Globalization;
using System.Text;
using CityPerception.Core.Channels;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Mapping;
using CityPerception.Core.Queries;
using CityPerception.Storage;
using CityPerception.Storage.Cases;
using CityPerception.Storage.Dispatch;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Rollups;
using CityPerception.Storage.Stores.DuckDb;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace CityPerception.Benchmarks;

/// <summary>
/// How long windows of all channels take over a long history in DuckDB, with the channels that are shipped:
/// <c>rollups DIRECTORY POINTS DEVICES</c>. The history is written on the first run and used again on later ones. Each device sends once a
/// minute (of a day: each five minutes, with <c>day</c> at the end); the last window is that before now.
/// </summary>
internal static class RollupBench
{
    private const int LinesOfABatch = 50_000, Rounds = 10;

    private static readonly (string Measurement, string Category, string Fields)[] Kinds =
    [
        ("noise", "2", "leq={0},la={1}"), ("air_quality", "ambient", "pm25={0},pm10={1},so2=8,no2=20,o3={0},co=0.6"), ("noise", "1", "leq={0},la={1}"), ("air_quality", "ambient", "pm25={0},pm10={1},so2=9,no2=22,o3={0},co=0.7"),
        ("manhole", "component.public_utility", "open=0i,tilt={2}"), ("lamp", "component.public_utility", "fault=0i,power={0}"), ("flood", "component.public_utility", "depth={2}"), ("weather", "", "temperature={2},humidity={0}"),
        ("water_quality", "river", "ph=7.{2},do=8,codmn=3,nh3n=0.4,tp=0.1,tn=2"), ("emission", "industry", "so2={0},nox={1},dust=4"),
    ];

    public static async Task RunAsync(string[] arguments)
    {
        string folder = arguments[1];
        long points = long.Parse(arguments[2], CultureInfo.InvariantCulture);
        int devices = int.Parse(arguments[3], CultureInfo.InvariantCulture);
        bool isDay = arguments is [.., "day"];
        Directory.CreateDirectory(folder);
        IngestPlan plan = ShippedPlan.Load();
        await using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var metrics = new StorageMetrics(services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());
        var databases = new OperationalDbs(new OperationsOptions { SqlitePath = Path.Combine(folder, "operations.db") });
        await databases.MigrateAsync(CancellationToken.None);
        await using var store = new DuckDbStore(new DuckDbOptions { Path = Path.Combine(folder, "store.duckdb") }, () => plan.Measurements, NullLogger<DuckDbStore>.Instance);
        await store.OpenAsync(CancellationToken.None);

        string note = Path.Combine(folder, "end.txt");
        DateTimeOffset end;
        if (File.Exists(note)) end = DateTimeOffset.Parse(await File.ReadAllTextAsync(note), CultureInfo.InvariantCulture);
        else
        {
            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            end = isDay ? ViewWindows.StartOf(ViewWindow.Day, now, plan.City.Zone) : ViewWindows.StartOf(ViewWindow.Hour, now, plan.City.Zone);
            await WriteAsync(store, plan, points, devices, TimeSpan.FromMinutes(isDay ? 5 : 1), end);
            await File.WriteAllTextAsync(note, end.ToString("O", CultureInfo.InvariantCulture));
        }

        var pipeline = new StorePipeline(store, new DispatcherOptions(), TimeProvider.System, metrics, NullLogger<StorePipeline>.Instance);
        var engine = new RollupEngine(store, new RollupInputs(store, new CaseStates(databases)), pipeline, TimeProvider.System);
        if (isDay)
        {
            DateTimeOffset day = ViewWindows.Back(ViewWindow.Day, end, 1, plan.City.Zone);
            await MeasureAsync(engine, plan, ViewWindow.Hour, day, end);
            await MeasureAsync(engine, plan, ViewWindow.Day, day, end);
            return;
        }

        await RoundsAsync(engine, plan, ViewWindow.Minute, end, 2 * Rounds);
        await RoundsAsync(engine, plan, ViewWindow.Hour, end, Rounds);
    }

    private static async Task RoundsAsync(RollupEngine engine, IngestPlan plan, ViewWindow window, DateTimeOffset end, int rounds)
    {
        Dictionary<string, List<double>> times = plan.Channels.Keys.ToDictionary(static c => c, static _ => new List<double>());
        List<double> all = [];
        for (int round = rounds; round > 0; round--)
        {
            DateTimeOffset start = ViewWindows.Back(window, end, round, plan.City.Zone);
            double sum = 0;
            foreach (Channel channel in plan.Channels.Values)
            {
                long began = Stopwatch.GetTimestamp();
                await engine.ComputeAsync(channel, window, (start, ViewWindows.Next(window, start, plan.City.Zone)), plan.City, only: null, CancellationToken.None);
                double took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                times[channel.Slug].Add(took);
                sum += took;
            }

            all.Add(sum);
        }

        Console.WriteLine($"{ViewWindows.NameOf(window)}, all channels: first {all[0]:0} ms, {Of([.. all.Skip(1)])}");
        foreach ((string channel, List<double> of) in times.OrderByDescending(static t => t.Value[^1])) Console.WriteLine($"  {channel}: {Of([.. of.Skip(1)])}");
    }

    private static string Of(double[] times)
    {
        Array.Sort(times);
        return string.Create(CultureInfo.InvariantCulture, $"median {times[times.Length / 2]:0.0} ms, worst {times[^1]:0.0} ms of {times.Length}");
    }

    private static async Task MeasureAsync(RollupEngine engine, IngestPlan plan, ViewWindow window, DateTimeOffset from, DateTimeOffset to)
    {
        long whole = Stopwatch.GetTimestamp();
        foreach (Channel channel in plan.Channels.Values)
        {
            long began = Stopwatch.GetTimestamp();
            RollupCounts counts = await engine.ComputeAsync(channel, window, (from, to), plan.City, only: null, CancellationToken.None);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {ViewWindows.NameOf(window)} {channel.Slug}: {Stopwatch.GetElapsedTime(began).TotalSeconds:0.00} s, {counts.Computed} views"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ViewWindows.NameOf(window)}, all channels: {Stopwatch.GetElapsedTime(whole).TotalSeconds:0.00} s"));
    }

    private static async Task WriteAsync(DuckDbStore store, IngestPlan plan, long points, int devices, TimeSpan every, DateTimeOffset end)
    {
        long began = Stopwatch.GetTimestamp(), written = 0;
        var random = new Random(1);
        var text = new StringBuilder(8 << 20);
        int lines = 0;
        string[] districts = [.. plan.City.Districts.Select(static d => d.Code)];
        for (DateTimeOffset at = end - every * (points / devices); at < end; at += every)
        {
            for (int device = 0; device < devices; device++) Add(text, random, device, districts[device / Kinds.Length % districts.Length], at, every);
            lines += devices;
            if (random.Next(4) == 0) lines += AddPeople(text, random, districts, at);
            if (lines < LinesOfABatch) continue;
            await FlushAsync();
        }

        await FlushAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{written} points written in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s"));

        async Task FlushAsync()
        {
            if (lines == 0) return;
            WriteResult result = await store.WriteAsync(new LineBatch(Encoding.UTF8.GetBytes(text.ToString()), lines), CancellationToken.None);
            if (result.Refused.Length > 0) throw new InvalidOperationException(result.Refused[0].Detail);
            written += lines;
            lines = 0;
            text.Clear();
        }
    }

    private static void Add(StringBuilder text, Random random, int device, string district, DateTimeOffset at, TimeSpan every)
    {
        (string measurement, string category, string fields) = Kinds[device % Kinds.Length];
        double a = Math.Round(30 + random.NextDouble() * 35, 1), b = Math.Round(35 + random.NextDouble() * 30, 1);
        text.Append(measurement).Append(category.Length > 0 ? ",category=" + category : "").Append(CultureInfo.InvariantCulture, $",device=D-{device:00000},district={district},sense=thing,source={measurement}-bench ")
            .AppendFormat(CultureInfo.InvariantCulture, fields, a, b, random.Next(10)).Append(CultureInfo.InvariantCulture, $" {Ns(at + every * (device % 60 / 60.0))}\n");
    }

    private static int AddPeople(StringBuilder text, Random random, string[] districts, DateTimeOffset at)
    {
        string district = districts[random.Next(districts.Length)], id = Guid.NewGuid().ToString("N");
        long time = Ns(at) + random.Next(1_000_000);
        text.Append(CultureInfo.InvariantCulture, $"incident,category=component.public_utility,district={district},sense=human,source=bench,state=reported case_id=\"{id}\" {time}\n")
            .Append(CultureInfo.InvariantCulture, $"case_event,category=component.public_utility,dept=urban_management,district={district},sense=human,source=bench,state=dispatched case_id=\"{id}\",stage_h=1.5 {time + 1}\n")
            .Append(CultureInfo.InvariantCulture, $"hotline_ticket,category=noise,district={district},sense=human,source=bench,state=accepted case_id=\"{id}\",lat=36.2,lon=113.1 {time + 2}\n")
            .Append(CultureInfo.InvariantCulture, $"sentiment,category=heating,district={district},sense=human,source=bench topic=\"t{random.Next(50)}\",negative={random.Next(2)}i,reach={random.Next(5000)}i {time + 3}\n");
        return 4;
    }

    private static long Ns(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * 100;
}
