using System.Globalization;
using CityPerception.TestKit;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Durability;

/// <summary>The disk under the spool fails to sync: whoever waited is told so, and no later success covers for it.</summary>
public sealed class DiskErrorTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ingest_SyncFails_AcknowledgesNothingUntilItWorksAgain()
    {
        using var data = new TempFolder();
        GatewayLoad load;
        await using (Server server = await Server.StartAsync(data.Path))
        {
            load = GatewayLoad.Start(server);
            await load.AcknowledgedAsync(500);
            await using (await FailingCalls.BeginAsync(server.ProcessId, "fsync", "EIO", FilesOf(data.File("spool")), Ct))
            {
                await Until.TrueAsync("it has failed", async () => (await server.ReadyAsync("spool")).Status == "unhealthy", Ct);
                (_, string reason) = await server.ReadyAsync("spool");
                Assert.Contains("nothing is acknowledged", reason, StringComparison.Ordinal);
                Assert.Contains("cannot be synced: Input/output error", reason, StringComparison.Ordinal);

                HashSet<long> before = [.. load.Acknowledged];
                (long refused, long disconnected) = (load.Refused, load.Disconnected);
                await Until.TrueAsync("senders try again and again", () => load.Refused > refused + 50 && load.Disconnected > disconnected + 5, Ct);
                await Until.TrueAsync("the spool has been tried again", () => server.Printed.Contains("The spool still cannot be opened", StringComparison.Ordinal), Ct);
                Assert.DoesNotContain(load.Acknowledged.Except(before), number => !NumberedLoad.IsBad(number)); // dead letters are in other files
            }

            await load.AcknowledgedAsync(500);
            await load.FinishAsync();
            await server.WaitUntilDrainedAsync();
            Assert.Equal(("healthy", "writable"), await server.ReadyAsync("spool"));
            Assert.Equal(0, (await server.StopAsync()).ExitCode);
        }

        load.AssertKept(await Kept.InDuckDbAsync(data.Path));
    }

    private static IEnumerable<string> FilesOf(string spool)
    {
        IEnumerable<string> segments = Enumerable.Range(0, 10).Select(n => n.ToString("D8", CultureInfo.InvariantCulture) + ".seg");
        return segments.Prepend("checkpoint").Prepend("probe").Select(name => Path.Combine(spool, name));
    }
}
