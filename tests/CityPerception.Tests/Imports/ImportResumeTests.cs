using System.Text.Json;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;
using CityPerception.Tests.Cli;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Imports;

/// <summary>An import that is interrupted in the middle, which a full spool holds it at: the same command loses and doubles nothing.</summary>
public sealed class ImportResumeTests
{
    private const int Rows = 40_000, BadEvery = 4_000, ManyRows = 100_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, "TERM")]
    [InlineData(false, "KILL")]
    [InlineData(true, "TERM")]
    [InlineData(true, "KILL")]
    public async Task Import_InterruptedWhileTheSpoolIsFull_GoesOnBehindWhatIsDurable(bool withServer, string signal)
    {
        await using InfluxServer influx = await InfluxServer.StartAsync(Ct);
        if (!influx.IsOurs) Assert.Skip("The given InfluxDB is not ours to stop.");
        string database = InfluxServer.NewDatabaseName();
        await influx.StopAsync();
        (string[] store, (string, string)[] environment) = InfluxSettings.Of(influx, database);
        string[] set = [.. store, .. FullSpool.Small];
        using var folder = new TempFolder();
        string data = folder.File("data"), input = folder.File("tickets.csv");
        await File.WriteAllTextAsync(input, ImportSamples.Tickets(Rows, BadEvery), Ct);
        await using Server? server = withServer ? await Server.StartAsync(data, null, set, environment) : null;

        long row;
        await using (CliProcess import = CliProcess.Start(ImportSamples.Command(data, set, "hotline-export", input), environment))
        {
            if (server is null) await Until.TrueAsync("some of it is durable", () => RowOf(data) > 1, Ct);
            else await Until.TrueAsync("the server has some of it", async () => await server.MetricAsync("cityperception_spool_size_bytes") > 3 << 20, Ct);
            Assert.True(import.IsRunning, import.Printed);
            if (signal == "KILL")
            {
                await import.KillAsync();
            }
            else
            {
                (int exitCode, _, string said) = await import.StopAsync();
                Assert.Equal(1, exitCode);
                Assert.Contains("The same command goes on after row ", said, StringComparison.Ordinal);
            }

            row = RowOf(data);
            Assert.InRange(row, 0, Rows);
        }

        await influx.StartAgainAsync(Ct);
        (int ended, _, string report) = await CliProcess.RunAsync(ImportSamples.Command(data, set, "hotline-export", input), environment);
        Assert.Equal(1, ended); // some rows are refused
        if (row > 1) Assert.Contains($"goes on after row {row}.", report, StringComparison.Ordinal);
        int bad = Rows / BadEvery;
        Assert.Contains($"{Rows} rows, {(Rows - bad) * 2} observations, {bad} rejected", report, StringComparison.Ordinal);
        if (server is not null) await server.WaitUntilDrainedAsync();

        Assert.Equal(Rows - bad, await influx.CountAsync(database, "hotline_ticket", "elapsed_h", Ct));
        string rejections = await File.ReadAllTextAsync(folder.File("tickets.rejected.csv"), Ct);
        Assert.Equal(
            Enumerable.Range(1, bad).Select(i => $"{i * BadEvery + 1}"),
            rejections.Split('\n').Where(line => line.Contains("lookup_missing", StringComparison.Ordinal)).Select(line => line.Split(',')[0]));
    }

    [Fact]
    public async Task Import_ServerDiesMeanwhile_GoesOnWithTheNextServer()
    {
        using var folder = new TempFolder();
        string data = folder.File("data"), input = folder.File("tickets.csv");
        await File.WriteAllTextAsync(input, ImportSamples.Tickets(ManyRows), Ct);
        await using (Server server = await Server.StartAsync(data))
        {
            await using CliProcess import = CliProcess.Start(ImportSamples.Command(data, [], "hotline-export", input));
            await Until.TrueAsync("the first piece is durable", () => RowOf(data) > 1, Ct);
            await server.KillAsync();
            (int exitCode, _, string said) = await import.FinishAsync();
            Assert.Equal(1, exitCode);
            Assert.Contains("The server ended, or was lost", said, StringComparison.Ordinal);
        }

        await using Server next = await Server.StartAsync(data);
        (int ended, _, string report) = await ImportSamples.RunAsync(data, "hotline-export", input);
        Assert.True(ended == 0, report);
        await next.WaitUntilDrainedAsync();
        await next.StopAsync();
        List<(long TimeNs, double Value)> points = await Kept.PointsAsync(data, "hotline_ticket", "elapsed_h");
        Assert.Equal(ManyRows, points.Count);
        Assert.Equal(ManyRows, points.DistinctBy(p => p.TimeNs).Count());
    }

    // What the command remembers; 0 while it remembers nothing.
    private static long RowOf(string data)
    {
        string folder = Path.Combine(data, "imports");
        if (!Directory.Exists(folder) || Directory.GetFiles(folder, "*.json") is not [{ } state]) return 0;
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(state));
        return json.RootElement.GetProperty("row").GetInt64();
    }
}
