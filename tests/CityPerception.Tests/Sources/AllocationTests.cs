using System.Text.Json;
using CityPerception.TestKit;
using CityPerception.Tests.Sources.Hj212;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Sources;

/// <summary>What a message costs the garbage collector on its whole way, from the socket to the store.</summary>
public sealed class AllocationTests
{
    // 270 bytes were measured, most of them DuckDB's and of reads that are small in so short a load. A few strings or
    // closures a message on the hot path are beyond it.
    private const double MaxBytesPerMessage = 500;

    // Compiled once and for good: code that was compiled ahead or in a hurry allocates more until it is compiled anew, and when
    // that is depends on what else the machine does.
    private static readonly (string, string)[] Optimised = [("DOTNET_ReadyToRun", "0"), ("DOTNET_TieredCompilation", "0")];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ingest_ManyMessages_AllocatesLittleForEach()
    {
        using var data = new TempFolder();
        await using Server server = await Server.StartAsync(data.Path, environment: Optimised, roles: Server.WithoutRollups);
        await LoadAsync(server, 50_000); // compiles what it needs
        Assert.InRange(await LeastOfTwoAsync(server, 100_000, _ => LoadAsync(server, 100_000)), 1, MaxBytesPerMessage);
    }

    [Fact]
    public async Task Ingest_ManyHj212Frames_AllocatesLittleForEach()
    {
        const int frames = 60_000;
        using var data = new TempFolder();
        await using Server server = await Server.StartAsync(data.Path, set: ["Hj212:Enabled=true", "Hj212:Port=0"], environment: Optimised, roles: Server.WithoutRollups);
        await SendFramesAsync(server, 0, frames); // compiles what it needs
        Assert.InRange(await LeastOfTwoAsync(server, frames, round => SendFramesAsync(server, (round + 1) * frames, frames)), 1, MaxBytesPerMessage);
    }

    // Bytes a message. What the server loads once after its start may fall into one of the rounds.
    private static async Task<double> LeastOfTwoAsync(Server server, int messages, Func<int, Task> send)
    {
        double least = double.MaxValue;
        for (int round = 0; round < 2; round++)
        {
            double before = await AllocatedAsync(server);
            await send(round);
            least = Math.Min(least, (await AllocatedAsync(server) - before) / messages);
        }

        return least;
    }

    // A hundred frames at a time, as a forwarder sends them.
    private static async Task SendFramesAsync(Server server, int first, int count)
    {
        await using Hj212Logger logger = await Hj212Logger.ConnectAsync(server.PortOf("hj212"), Ct);
        foreach (int[] some in Enumerable.Range(first, count).Chunk(100))
        {
            await logger.SendAsync((byte[])[.. some.SelectMany(Frame)], Ct);
            for (int i = 0; i < some.Length; i++) Assert.Contains("CN=9014", await logger.ReceiveAsync(Ct), StringComparison.Ordinal);
        }

        await server.WaitUntilDrainedAsync();
    }

    private static byte[] Frame(int second)
    {
        DateTime time = new DateTime(2025, 1, 1, 0, 0, 0, DateTimeKind.Unspecified).AddSeconds(second);
        return Hj212Logger.Frame(FormattableString.Invariant(
            $"QN={time:yyyyMMddHHmmssfff};ST=22;CN=2011;PW=1;MN=140403000A00000000000001;Flag=5;CP=&&DataTime={time:yyyyMMddHHmmss};a34004-Rtd=41,a34004-Flag=N;a34002-Rtd=78,a34002-Flag=N&&"));
    }

    private static async Task LoadAsync(Server server, int messages)
    {
        await using LoadClient load = LoadClient.Start("--target", $"mqtt://127.0.0.1:{server.MqttPort}", "--connections", "4", "--messages", $"{messages}");
        JsonElement sums = await load.WaitAsync();
        Assert.Equal(messages, sums.GetProperty("acknowledged").GetInt64());
        await server.WaitUntilDrainedAsync();
    }

    private static Task<double> AllocatedAsync(Server server) => server.MetricAsync("dotnet_gc_heap_total_allocated_bytes_total");
}
