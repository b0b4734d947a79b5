using System.Text.Json;
using CityPerception.TestKit;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Sources;

/// <summary>What a message costs the garbage collector on its whole way, from the socket to the store.</summary>
public sealed class AllocationTests
{
    // 270 bytes were measured, most of them DuckDB's and of reads that are small in so short a load. A few strings or
    // closures a message on the hot path are beyond it.
    private const double MaxBytesPerMessage = 500;

    [Fact]
    public async Task Ingest_ManyMessages_AllocatesLittleForEach()
    {
        using var data = new TempFolder();
        await using Server server = await Server.StartAsync(data.Path);
        await LoadAsync(server, 50_000); // compiles what it needs
        double before = await AllocatedAsync(server);

        await LoadAsync(server, 100_000);

        double perMessage = (await AllocatedAsync(server) - before) / 100_000;
        Assert.InRange(perMessage, 1, MaxBytesPerMessage);
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
