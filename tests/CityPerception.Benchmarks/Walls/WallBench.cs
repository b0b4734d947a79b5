using System.Globalization;
using System.Net.ServerSentEvents;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;
using Microsoft.Playwright;

namespace CityPerception.Benchmarks.Walls;

/// <summary>
/// What the wall costs and how fast it is: <c>walls [COUNT] [MINUTES]</c>. A server of its own with InfluxDB, the simulated city and
/// 20,000 messages a second; so many walls, three of them in a browser; a page that is shown thousands of boards.
/// </summary>
internal static class WallBench
{
    private const int Paints = 10, RealPages = 3, Rounds = 16, BoardsOfARound = 250, Rate = 20_000;

    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(40), FirstViews = TimeSpan.FromSeconds(75);

    public static async Task RunAsync(string[] arguments)
    {
        int count = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 100;
        TimeSpan length = TimeSpan.FromMinutes(arguments.Length > 2 ? int.Parse(arguments[2], CultureInfo.InvariantCulture) : 10);
        using var folder = new TempFolder();
        await using InfluxServer influx = await InfluxServer.StartAsync(CancellationToken.None);
        await using ChildProgram server = ChildProgram.Start(
            ["serve", "--data", folder.Path, "--config", RepositoryFolder.Find("ingest-configs"), .. Set("Http:Url=http://127.0.0.1:0", "Mqtt:Port=0", "Store:Kind=influxdb",
                $"Store:Influx:Url={influx.Url.GetLeftPart(UriPartial.Authority)}", "Store:Influx:Database=walls", $"Store:Influx:User={influx.User}")],
            ("CITYPERCEPTION_Store__Influx__Password", influx.Password));
        (Uri http, int mqtt) = await server.ReadyAsync();
        await using ChildProgram city = ChildProgram.Start(["simulate", "--mqtt", $"127.0.0.1:{mqtt}", "--http", http.ToString(), "--config", RepositoryFolder.Find("ingest-configs")]);
        using WallPages pages = await WallPages.CreateAsync();
        // A minute of the city, and the views of it.
        await Task.Delay(FirstViews);

        await PaintAsync(pages, http);
        await HeapAsync(pages, http);
        await ManyAsync(pages, server, http, mqtt, count, length);
    }

    private static async Task PaintAsync(WallPages pages, Uri http)
    {
        List<(double Paint, double Value)> cold = [];
        for (int i = 0; i < Paints; i++) cold.Add(await pages.ColdAsync(http));
        Say($"first contentful paint, {Paints} browsers just started: {Spread([.. cold.Select(static c => c.Paint).Order()])}; first value: {Spread([.. cold.Select(static c => c.Value).Order()])}");
    }

    private static async Task HeapAsync(WallPages pages, Uri http)
    {
        (string board, string pulse) = await FirstEventsAsync(http);
        Say($"a board is {board.Length / 1024.0:0.0} KiB");
        await pages.ReplayAsync(http, new WallReplay(board, pulse), Rounds, BoardsOfARound,
            static (boards, held) => Say($"{boards,5} boards: heap {held.HeapBytes / 1024:0} KiB, {held.Nodes} nodes, {held.Listeners} listeners"));
    }

    private static async Task ManyAsync(WallPages pages, ChildProgram server, Uri http, int mqtt, int count, TimeSpan length)
    {
        TimeSpan all = length + 4 * Settle;
        await using ChildProgram load = ChildProgram.Start(["simulate", "load", "--target", $"mqtt://127.0.0.1:{mqtt}", "--rate", $"{Rate}", "--duration", all.ToString()]);
        await Task.Delay(Settle);
        double before = await MemoryAsync(server, Settle);
        await using IBrowser browser = await pages.LaunchAsync();
        List<IPage> real = [];
        double with;
        await using (var walls = new WallClients(http, count - RealPages))
        {
            for (int i = 0; i < RealPages; i++)
            {
                real.Add(await WallPages.OpenAsync(browser, http));
                await real[i].GotoAsync("/");
            }

            ICDPSession devtools = await real[0].Context.NewCDPSessionAsync(real[0]);
            await Task.Delay(Settle);
            (double HeapBytes, double Nodes, double Listeners) first = await WallPages.HeldAsync(devtools), last;
            with = await MemoryAsync(server, length);
            last = await WallPages.HeldAsync(devtools);
            (double[] sorted, int changes, WallClients.Shown? slowest) = await walls.LatenciesAsync();
            Say($"{count} walls, {Rate} messages a second, {length.TotalMinutes:0} minutes: {walls.Pulses} pulses, {changes} changed values, from computed to received {Spread(sorted)}; slowest {slowest}");
            Say($"a page in that time: heap {first.HeapBytes / 1024:0} KiB, then {last.HeapBytes / 1024:0}; {first.Nodes} nodes, then {last.Nodes}");
        }

        await browser.CloseAsync();
        double after = await MemoryAsync(server, Settle);
        Say($"server: {before / (1 << 20):0.0} MiB without walls, {with / (1 << 20):0.0} with {count}, {after / (1 << 20):0.0} when they were gone: {(with - before) / (1 << 20) / count:0.00} MiB a wall");
        Say(load.Printed);
    }

    private static async Task<(string Board, string Pulse)> FirstEventsAsync(Uri http)
    {
        using var client = new HttpClient { BaseAddress = http };
        using Stream stream = await client.GetStreamAsync("api/wall");
        string? board = null, pulse = null;
        await foreach (SseItem<string> item in SseParser.Create(stream).EnumerateAsync())
        {
            if (item.EventType == "board") board = item.Data;
            else pulse = item.Data;
            if (board is not null && pulse is not null) break;
        }

        return (board!, pulse!);
    }

    // The median of what the process occupies.
    private static async Task<double> MemoryAsync(ChildProgram server, TimeSpan length)
    {
        List<double> samples = [];
        for (var left = length; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(1))
        {
            samples.Add(server.ResidentBytes);
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        return samples.Order().ElementAt(samples.Count / 2);
    }

    private static IEnumerable<string> Set(params string[] settings) => settings.SelectMany(static s => (string[])["--set", s]);

    private static string Spread(double[] sorted)
    {
        double At(double share) => sorted[(int)Math.Min(sorted.Length - 1, share * sorted.Length)];
        return sorted.Length == 0 ? "no sample" : string.Create(CultureInfo.InvariantCulture, $"p50 {At(0.5):0} ms, p99 {At(0.99):0} ms, worst {sorted[^1]:0} ms of {sorted.Length}");
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static void Say(string text) => Console.WriteLine(text);
}
