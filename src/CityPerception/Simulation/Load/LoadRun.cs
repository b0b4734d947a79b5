using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;

namespace CityPerception.Simulation.Load;

/// <summary>How a run goes, or how it went.</summary>
/// <param name="Elapsed">Since the beginning.</param>
/// <param name="Latency">Of the time since the last report; of everything at the end.</param>
internal sealed record LoadReport(TimeSpan Elapsed, LoadCounts Counts, LoadLatency Latency, string? Trouble);

/// <summary>A load on a server: many connections, a pace, a ledger. Survives a server that is killed and comes back.</summary>
internal sealed class LoadRun(LoadOptions options, X509Certificate2Collection? authorities, TimeProvider clock)
{
    /// <summary>After the order to stop, acknowledgements are still waited for, so long.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(1);

    private readonly LoadMeter _meter = new(clock);
    private long _began, _ended;

    /// <summary>Runs until all is sent and answered, the time is up or it is cancelled; returns the sums.</summary>
    /// <param name="progress">Called every second.</param>
    /// <param name="cancellationToken">Ends the sending early; it is no failure.</param>
    /// <exception cref="IOException">The ledger is there already or cannot be written.</exception>
    public async Task<LoadReport> RunAsync(Action<LoadReport> progress, CancellationToken cancellationToken)
    {
        LoadNumbering numbering = LoadNumbering.Begin(options.Devices, options.Connections, clock);
        var messages = new AirMessages(numbering, options.BadEvery);
        await using Ledger? ledger = options.LedgerFile is { } file
            ? Ledger.Create(file, new LedgerHeader(LedgerHeader.CurrentVersion, numbering, options.BadEvery, [.. options.Targets.Select(t => t.Kind)]), clock)
            : null;

        using var timeIsUp = new CancellationTokenSource(options.Duration ?? Timeout.InfiniteTimeSpan, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeIsUp.Token);
        using var giveUp = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        await using CancellationTokenRegistration stopping = stop.Token.Register(() => giveUp.CancelAfter(Farewell));

        using var http = new HttpClient(TrustedHttp.Handler(authorities)) { Timeout = TimeSpan.FromSeconds(30) };
        if (options.Token is { } token) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        MqttEndpoint?[] endpoints = [.. options.Targets.Select(t => t.Kind is LoadTargetKind.Mqtt ? new MqttEndpoint(t.Url, options, numbering.Run, authorities, clock) : null)];
        _began = clock.GetTimestamp();
        Task all = Task.WhenAll(Enumerable.Range(0, options.Connections).Select(c => Task.Run(
            () =>
            {
                LoadTarget target = options.Targets[c % options.Targets.Count];
                return endpoints[c % endpoints.Length] is { } endpoint
                    ? new MqttLoad(options, endpoint, c, messages, numbering, ledger?.Page(c), _meter, clock).RunAsync(stop.Token, giveUp.Token)
                    : new HttpLoad(options, target, http, c, messages, ledger?.Page(c), _meter, clock).RunAsync(stop.Token, giveUp.Token);
            },
            CancellationToken.None)));
        try
        {
            await ReportAsync(all, progress);
            await all;
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            // Somebody did not answer in time; the counts say how much is open.
        }

        foreach (MqttEndpoint? endpoint in endpoints) endpoint?.Dispose();
        return Report(_meter.Latency);
    }

    private async Task ReportAsync(Task all, Action<LoadReport> progress)
    {
        using var timer = new PeriodicTimer(ReportEvery, clock);
        Task<bool> tick = timer.WaitForNextTickAsync().AsTask();
        while (await Task.WhenAny(all, tick) != all)
        {
            progress(Report(_meter.TakeRecent()));
            tick = timer.WaitForNextTickAsync().AsTask();
        }

        _ended = clock.GetTimestamp();
    }

    private LoadReport Report(LoadLatency latency) =>
        new(clock.GetElapsedTime(_began, _ended > 0 ? _ended : clock.GetTimestamp()), _meter.Counts, latency, _meter.Trouble);
}
