using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Text;
using CityPerception.Core.Observations;
using CityPerception.Storage.DeadLetters;
using CityPerception.Storage.Tests.Spooling;
using CityPerception.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CityPerception.Storage.Tests.DeadLetters;

/// <summary>A log of dead letters on small pages, with a clock, settings, and what it logs and counts.</summary>
internal sealed class LetterRig : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _directory = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly StorageMetrics _metrics;
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _counts = new();

    public LetterRig()
    {
        var factory = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, factory)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            string state = tags.ToArray().FirstOrDefault(t => t.Key == "state").Value is string found ? " " + found : "";
            _counts.AddOrUpdate(instrument.Name + state, value, (_, before) => before + value);
        });
        _listener.Start();
        _metrics = new StorageMetrics(factory);
    }

    public FakeTimeProvider Clock { get; } = new(Start);

    public DeadLetterOptions Options { get; } = new();

    public LogLines Log { get; } = new();

    public string Directory => _directory.Path;

    /// <summary>What a counter has reached, by its name and, where it has one, its state.</summary>
    public long Count(string name) => _counts.GetValueOrDefault("cityperception.deadletters." + name);

    public DeadLetterLog Open(DiskFaults? faults = null, TimeProvider? clock = null, LetterPrivacy? privacy = null) =>
        new(Spools.Small(Directory) with { CreateDevice = d => new FailingDevice(d, faults ?? new DiskFaults()) }, Options, clock ?? Clock, _metrics, Log, privacy);

    public static DeadLetter Letter(string source, DateTimeOffset? time = null, RejectionReason reason = RejectionReason.OutOfRange, byte[]? payload = null) =>
        DeadLetter.Create(DeadLetterKind.Message, source, "mqtt", null, time ?? Start, [new Rejection(reason, 0, "$.v", "detail")], payload ?? Encoding.UTF8.GetBytes("{\"v\":1}"));

    /// <summary>A line that the store refused at some time.</summary>
    public static DeadLetter Line(string line, DateTimeOffset time, string detail = "field type conflict") =>
        DeadLetter.Create(DeadLetterKind.Line, "", "store", null, time, [new Rejection(RejectionReason.RefusedByStore, 0, "", detail)], Encoding.UTF8.GetBytes(line + "\n"));

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        _metrics.Dispose();
        await _services.DisposeAsync();
        _directory.Dispose();
    }

    /// <summary>What has been logged, a line an entry.</summary>
    internal sealed class LogLines : ILogger<DeadLetterLog>
    {
        private readonly ConcurrentQueue<string> _lines = [];

        public IEnumerable<string> Warnings => _lines.Where(l => l.StartsWith("Warning", StringComparison.Ordinal));

        public IEnumerable<string> All => _lines;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{logLevel}: {formatter(state, exception)}");
    }
}

internal static class LetterLogs
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async ValueTask AppendDurablyAsync(this DeadLetterLog letters, DeadLetter letter) =>
        await letters.WaitDurableAsync(await letters.AppendAsync(letter, Ct), Ct);

    /// <summary>Marks letters, which are durable, as a replay does that has read them now.</summary>
    public static async ValueTask MarkDurablyAsync(this DeadLetterLog letters, params IReadOnlyCollection<DeadLetter> replayed)
    {
        DeadLetterPage read = await letters.ReadAsync(new DeadLetterFilter { Ids = replayed.Select(l => l.Id).ToFrozenSet(), Limit = int.MaxValue }, Ct);
        await letters.WaitDurableAsync(await letters.MarkReplayedAsync([.. read.Letters.Select(l => new ReplayedLetter(l.Id, l.Address, 1))], Ct), Ct);
    }

    /// <summary>Notes that a letter was refused again, as a replay does that has read it now.</summary>
    public static async ValueTask RejectDurablyAsync(this DeadLetterLog letters, DeadLetter letter, int count, params Rejection[] rejections) =>
        await letters.WaitDurableAsync(await letters.MarkRejectedAsync((await letters.FindAsync(letter.Id, Ct))!, rejections, count, Ct), Ct);

    /// <summary>The letters in a state, in both directions, which must agree.</summary>
    public static async Task<IReadOnlyList<DeadLetter>> InStateAsync(this DeadLetterLog letters, DeadLetterState? state)
    {
        var filter = new DeadLetterFilter { State = state, Limit = int.MaxValue, NewestFirst = false };
        IReadOnlyList<DeadLetter> oldestFirst = (await letters.ReadAsync(filter, Ct)).Letters, newestFirst = (await letters.ReadAsync(filter with { NewestFirst = true }, Ct)).Letters;
        Assert.Equal(oldestFirst.Select(l => (l.Address, l.Id, l.State)), newestFirst.Reverse().Select(l => (l.Address, l.Id, l.State)));
        return oldestFirst;
    }
}
