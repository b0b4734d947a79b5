using System.Text;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Observations;
using CityPerception.Hosting;
using CityPerception.Storage.Dispatch;
using CityPerception.Storage.Spooling;

namespace CityPerception.Observability;

/// <summary>
/// Writes what each source sent in a minute as a point of <c>ingest_stat</c>, the way of all points, so that the device fleet's
/// KPIs have it. It reads the counters that <see cref="SourceMeter"/> keeps anyway, and those of <see cref="ArrivalWatch"/> where this process
/// has the dispatcher; what is brought in late and in bulk is left out. Counted are elements, not messages: <c>received</c> is
/// <c>accepted</c> and <c>rejected</c> together.
/// </summary>
/// <remarks>A crash loses the counts since the last minute; a stop does not.</remarks>
internal sealed class IngestStatWriter(IngestMetrics metrics, Spool spool, TimeProvider clock, ILogger<IngestStatWriter> logger, ArrivalWatch? watch = null) : BackgroundService
{
    private const int NsPerSecond = 1_000_000_000;

    private static readonly LineKey
        Measurement = LineKey.OfMeasurement("ingest_stat"u8), Sense = new("sense"u8), Source = new("source"u8),
        Accepted = new("accepted"u8), Future = new("future"u8), Received = new("received"u8), Rejected = new("rejected"u8);

    private readonly Dictionary<string, Counted> _written = [];
    private readonly ArrivalLines? _arrivals = watch is null ? null : new ArrivalLines(watch);
    private readonly LineBuffer _lines = new(4096);
    private readonly SemaphoreSlim _one = new(1);
    private bool _isAway;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await WriteAsync(MinuteOf(clock.GetUtcNow()), cancellationToken);
    }

    public override void Dispose()
    {
        base.Dispose();
        _one.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            DateTimeOffset now = clock.GetUtcNow(), minute = MinuteOf(now);
            await Task.Delay(minute.AddMinutes(1) - now, clock, stoppingToken);
            await WriteAsync(minute, stoppingToken);
        }
    }

    /// <summary>Writes what was counted since the last time, as of a minute. Durable when it returns; what cannot be written now is written with the next.</summary>
    internal async Task WriteAsync(DateTimeOffset minute, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            Dictionary<string, Counted> now = metrics.Sources.Where(static m => m.IsLive).GroupBy(static m => m.Source)
                .ToDictionary(static g => g.Key, static g => new Counted(g.Sum(static m => m.Accepted), g.Sum(static m => m.RejectedTotal()), g.Sum(static m => m.RejectedFor(RejectionReason.TimeInFuture))));
            // Somewhere in the first second of the minute: another server, or this one after a start, has a point of its own.
            long time = minute.ToUnixNs() + Random.Shared.Next(NsPerSecond);
            _lines.Clear();
            foreach ((string source, Counted counted) in now)
            {
                Counted since = counted.Since(_written.GetValueOrDefault(source));
                if (since.Accepted + since.Rejected > 0) Add(source, time, since);
            }

            _arrivals?.Add(_lines, time);
            if (_lines.LineCount == 0 || !spool.TryAppend(_lines.Written, _lines.LineCount, clock.UnixNs(), out long receipt)) return;
            foreach ((string source, Counted counted) in now) _written[source] = counted;
            _arrivals?.Written();
            await spool.WaitDurableAsync(receipt, cancellationToken);
            _isAway = false;
        }
        catch (SpoolFailedException e)
        {
            if (!_isAway) logger.StatsNotWritten(e.Message); // once, not every minute
            _isAway = true;
        }
        finally
        {
            _one.Release();
        }
    }

    private void Add(string source, long timeNs, Counted since)
    {
        var line = new LineProtocolWriter(_lines, Measurement);
        line.Tag(Sense, "platform"u8);
        line.Tag(Source, Encoding.UTF8.GetBytes(source));
        line.Integer(Accepted, since.Accepted);
        line.Integer(Future, since.Future);
        line.Integer(Received, since.Accepted + since.Rejected);
        line.Integer(Rejected, since.Rejected);
        line.End(timeNs);
    }

    private static DateTimeOffset MinuteOf(DateTimeOffset time) => new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero);

    /// <summary>Elements of a source; <paramref name="Future"/> are those of <paramref name="Rejected"/> whose time lay too far ahead.</summary>
    private readonly record struct Counted(long Accepted, long Rejected, long Future)
    {
        public Counted Since(Counted before) => new(Accepted - before.Accepted, Rejected - before.Rejected, Future - before.Future);
    }
}

/// <summary>The settings under <c>IngestStats</c>.</summary>
internal sealed class IngestStatOptions
{
    public const string Section = "IngestStats";

    /// <summary>Whether what each source sent in a minute is stored; without it the device fleet has no rates of rejections, duplicates and delays.</summary>
    public bool Enabled { get; set; } = true;
}

/// <summary>Registration of the writer.</summary>
internal static class IngestStatServices
{
    /// <summary>Before the sources, so that it stops after them and writes the last of what they counted.</summary>
    public static IServiceCollection AddIngestStats(this IServiceCollection services, Roles roles, IConfiguration settings)
    {
        services.AddOptions<IngestStatOptions>().BindConfiguration(IngestStatOptions.Section).ValidateOnStart();
        if ((roles & (Roles.Ingest | Roles.Broker | Roles.Dispatch)) == 0) return services;
        services.AddSingleton<IngestStatWriter>();
        bool isOn = settings.GetSection(IngestStatOptions.Section).Get<IngestStatOptions>()?.Enabled ?? true;
        return !isOn ? services : services.AddHostedService(static provider => provider.GetRequiredService<IngestStatWriter>());
    }
}

/// <summary>Event ids 2480-2499. Next free: 2481.</summary>
internal static partial class IngestStatLog
{
    [LoggerMessage(2480, LogLevel.Warning, "What the sources sent this minute cannot be written down: {Reason}")]
    public static partial void StatsNotWritten(this ILogger logger, string reason);
}
