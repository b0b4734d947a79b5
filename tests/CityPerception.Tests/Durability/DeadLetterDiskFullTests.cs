using CityPerception.TestKit;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Durability;

/// <summary>The disk of the dead letters is full: what is refused is not acknowledged, what is good goes on.</summary>
public sealed class DeadLetterDiskFullTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ingest_DiskOfDeadLettersFull_HoldsBackBadMessagesOnly()
    {
        using var data = new TempFolder();
        using SmallDisk disk = SmallDisk.Mount(data.File("deadletters"), megabytes: 8);
        GatewayLoad load;
        await using (Server server = await Server.StartAsync(data.Path))
        {
            load = GatewayLoad.Start(server);
            await load.AcknowledgedAsync(500);
            disk.Fill();
            await Until.TrueAsync("bad messages over HTTP are told to come again", () => load.Refused > 4, Ct);
            await Until.TrueAsync("bad messages over MQTT get no PUBACK", () => load.Disconnected > 2, Ct);
            (string status, string reason) = await server.ReadyAsync("deadletters");
            Assert.Equal("degraded", status);
            Assert.Contains("No space left on device", reason, StringComparison.OrdinalIgnoreCase);
            await load.AcknowledgedAsync(500); // good ones
            Assert.Equal(("healthy", "writable"), await server.ReadyAsync("spool"));

            disk.MakeRoom();
            await load.FinishAsync(); // bad ones too
            await server.WaitUntilDrainedAsync();
            Assert.Equal("healthy", (await server.ReadyAsync("deadletters")).Status);
            Assert.Equal(0, (await server.StopAsync()).ExitCode);
        }

        load.AssertKept(await Kept.InDuckDbAsync(data.Path));
    }
}
