using System.Collections.Immutable;
using System.Text;
using CityPerception.Core.Queries;
using CityPerception.Hosting;
using CityPerception.Observability;
using CityPerception.Storage.DeadLetters;
using CityPerception.Storage.Spooling;
using CityPerception.TestKit;
using CityPerception.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace CityPerception.Tests.Sources;

/// <summary>
/// The real server with this repository's configuration, on free ports, one a test class: its tests keep apart by the
/// devices and cases that they make up.
/// </summary>
public class CityServer : IAsyncLifetime
{
    private static readonly DateTimeOffset From = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero), To = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private TestServer? _server;

    protected virtual (string Key, string Value)[] Settings => [];

    protected virtual string ConfigDirectory => RepositoryFolder.Find("ingest-configs");

    public HttpClient Http => Running.Client;

    public int MqttPort => Port("MQTT");

    public int HttpPort => Http.BaseAddress!.Port;

    /// <summary>Where a listener listens.</summary>
    protected int Port(string listener) => Running.Services.GetRequiredService<Listeners>().Find(listener)!.Port;

    /// <summary>A part of the server.</summary>
    protected T Part<T>()
        where T : notnull => Running.Services.GetRequiredService<T>();

    private TestServer Running => _server ?? throw new InvalidOperationException("The server has not been started.");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public virtual async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(ConfigDirectory, Settings);

    public virtual async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>The points of a device, once everything accepted so far is stored.</summary>
    public Task<IReadOnlyList<Point>> PointsOfAsync(string device, string measurement = "air_quality") =>
        PointsAsync(measurement, new Filter.Tag("device", [device]));

    /// <summary>The points that a filter leaves, once everything accepted so far is stored.</summary>
    public async Task<IReadOnlyList<Point>> PointsAsync(string measurement, params ImmutableArray<Filter> where)
    {
        await WaitUntilStoredAsync();
        List<Point> points = [];
        await foreach (Point point in Running.Services.GetRequiredService<IStore>().ReadAsync(new PointQuery { Measurement = measurement, From = From, To = To, Where = where }, Ct))
            points.Add(point);
        return points;
    }

    /// <summary>The dead letters with these bytes. They are there when their sender has its answer.</summary>
    public async Task<DeadLetter[]> LettersOfAsync(ReadOnlyMemory<byte> payload)
    {
        var log = Running.Services.GetRequiredService<DeadLetterLog>();
        DeadLetterPage page = await log.ReadAsync(new DeadLetterFilter { Limit = 10_000 }, Ct);
        return [.. page.Letters.Where(l => l.Payload.Span.SequenceEqual(payload.Span))];
    }

    /// <summary>The one dead letter with these bytes, once it is there: of one whose sender gets no answer.</summary>
    public async Task<DeadLetter> LetterOfAsync(ReadOnlyMemory<byte> payload)
    {
        DeadLetter[] letters = [];
        await Until.TrueAsync("it is a dead letter", async () => (letters = await LettersOfAsync(payload)).Length > 0, Ct);
        return Assert.Single(letters);
    }

    public Task<DeadLetter[]> LettersOfAsync(string payload) => LettersOfAsync(Encoding.UTF8.GetBytes(payload));

    /// <summary>Returns when everything accepted so far is stored.</summary>
    public async Task WaitUntilStoredAsync()
    {
        var counts = Running.Services.GetRequiredService<IPipelineCounts>();
        try
        {
            await Until.TrueAsync("everything accepted is stored", () => counts.Read() is { Waiting: 0, Backfilling: 0 }, Ct);
        }
        catch (TimeoutException e)
        {
            var spool = Running.Services.GetRequiredService<Spool>();
            DeadLetterPage letters = await Running.Services.GetRequiredService<DeadLetterLog>().ReadAsync(new DeadLetterFilter { Source = "" }, Ct);
            throw new TimeoutException(
                $"{counts.Read()}, spool from {spool.BeginAddress} durable to {spool.DurableAddress}, refused or damaged: {string.Join("; ", letters.Letters.Select(l => l.Rejections[0]))}", e);
        }
    }
}
