using CityPerception.Storage.DeadLetters;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Durability;

/// <summary>A real InfluxDB, the network to it, and a data directory: what a server needs whose store is to be away or slow.</summary>
internal sealed class FarInflux : IAsyncDisposable
{
    /// <summary>What a server may occupy, whatever waits; generous, so that only what grows without bound is found.</summary>
    public const long MaxMemoryBytes = 700L << 20;

    private readonly TempFolder _data = new();
    private readonly string[] _set;
    private readonly (string, string)[] _environment;

    private FarInflux(InfluxServer influx)
    {
        Influx = influx;
        Network = TcpProxy.To(influx.Url);
        Database = InfluxServer.NewDatabaseName();
        (_set, _environment) = InfluxSettings.Of(influx, Database, port: Network.Port);
    }

    public InfluxServer Influx { get; }

    public TcpProxy Network { get; }

    public string Database { get; }

    /// <summary>The data directory.</summary>
    public string Data => _data.Path;

    /// <param name="dataFolder">Where InfluxDB keeps its data; its own folder without it.</param>
    public static async Task<FarInflux> StartAsync(string? dataFolder = null)
    {
        InfluxServer influx = await InfluxServer.StartAsync(TestContext.Current.CancellationToken, dataFolder);
        return new FarInflux(influx);
    }

    /// <summary>A server that stores there.</summary>
    public Task<Server> StartServerAsync(string[]? set = null, (string, string)[]? environment = null) =>
        Server.StartAsync(Data, null, [.. _set, .. set ?? []], [.. _environment, .. environment ?? []]);

    /// <summary>Returns when the server has stored something there.</summary>
    public static Task InUseAsync(Server server) =>
        Until.TrueAsync("the store is in use", async () => await server.MetricAsync("cityperception_dispatch_lines_written_total") > 0, TestContext.Current.CancellationToken);

    /// <summary>Waits until the spool is empty, and compares what is stored, or a dead letter, with what was acknowledged.</summary>
    public async Task AssertKeptAsync(Server server, GatewayLoad load)
    {
        await load.FinishAsync();
        await server.WaitUntilDrainedAsync();
        load.AssertKept(await Kept.InInfluxDbAsync(Influx, Database, Data));
        Assert.DoesNotContain(Kept.AllLettersIn(Data), letter => letter.Kind == DeadLetterKind.Line); // a store that is away refuses nothing
        Assert.Equal(("healthy", "writable"), await server.ReadyAsync("spool"));
        Assert.InRange(server.PeakMemoryBytes, 1, MaxMemoryBytes);
    }

    public async ValueTask DisposeAsync()
    {
        await Network.DisposeAsync();
        await Influx.DisposeAsync();
        _data.Dispose();
    }
}
