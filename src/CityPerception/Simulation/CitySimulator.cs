using System.Threading.Channels;

namespace CityPerception.Simulation;

/// <summary>
/// Changzhi, simulated: an outside client that knows an MQTT broker and a base URL and nothing else. Some four hundred
/// devices and the offices of a city send what <see cref="CityModel"/> makes of the seed and the time.
/// </summary>
/// <remarks>
/// One loop waits until a message is due and hands it to the connection of its sender; queues are bounded. While a
/// server is away they fill and the loop waits. When it returns, the loop catches up: everything that offices wrote,
/// and as much telemetry as devices remember.
/// </remarks>
public sealed class CitySimulator
{
    private const int HttpConnections = 4, QueueLength = 256;

    private static readonly TimeSpan DeviceMemory = TimeSpan.FromMinutes(10);

    /// <summary>After the order to stop, answers that are on their way are still waited for, so long.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly SimulationCounters _counters = new();
    private readonly SimulationOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;

    /// <exception cref="ArgumentException">Neither MQTT nor HTTP is given: nobody to send to.</exception>
    public CitySimulator(SimulationOptions options, TimeProvider clock, ILogger logger)
    {
        if (options.MqttHost is null && options.HttpUrl is null)
            throw new ArgumentException("The simulated city has nobody to send to: give MqttHost, HttpUrl or both.", nameof(options));
        _options = options;
        _clock = clock;
        _logger = logger;
    }

    /// <summary>What has been sent so far and what became of it.</summary>
    public SimulationCounts Counts => _counters.Snapshot();

    /// <summary>Sends until it is cancelled, then returns. A server that is away is waited for.</summary>
    /// <exception cref="InvalidDataException">The list of devices cannot be read.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Device> devices = Device.Thin(Device.ReadAll(_options.StationsFile), _options.MaxDevices);
        var model = new CityModel(_options, devices, _clock.GetUtcNow());
        _logger.SimulationStarted(devices.Count, _options.Rate, _options.Speed);

        using var answers = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _clock);
        await using CancellationTokenRegistration stop = cancellationToken.Register(() => answers.CancelAfter(Farewell));
        using var http = new HttpClient(TrustedHttp.Handler(_options.Authorities)) { Timeout = TimeSpan.FromSeconds(30) };
        var mqtt = new MqttLines(_options, model.Publishers, Queue);
        if (mqtt.Silent > 0) _logger.DevicesSilent(mqtt.Silent, model.Publishers.Count);
        Channel<Outgoing>[] httpQueues = [.. Enumerable.Range(0, _options.HttpUrl is null ? 0 : HttpConnections).Select(_ => Queue())];
        Task[] senders =
        [
            .. mqtt.All.Select(l => new MqttSender(_options, l.Login, _clock, _counters, _logger).RunAsync(l.Queue.Reader, answers.Token)),
            .. httpQueues.Select(q => new HttpSender(_options, http, _clock, _counters, _logger).RunAsync(q.Reader, answers.Token)),
        ];

        try
        {
            Task failed = Task.WhenAny(senders).Unwrap(); // a sender ends early only by a bug of ours: do not hide it
            Task living = LiveAsync(model, mqtt, httpQueues, cancellationToken);
            await await Task.WhenAny(living, failed);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // As asked.
        }
        finally
        {
            foreach (Channel<Outgoing> queue in mqtt.All.Select(l => l.Queue).Concat(httpQueues)) queue.Writer.TryComplete();
        }

        await FinishAsync(senders, answers.Token);
        SimulationCounts counts = Counts;
        _logger.SimulationStopped(counts.Sent, counts.Acknowledged, counts.Refused, counts.Waiting);
    }

    private async Task LiveAsync(CityModel model, MqttLines mqtt, Channel<Outgoing>[] http, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Outgoing message = model.Next();
            TimeSpan ahead = message.Due - _clock.GetUtcNow();
            if (ahead > TimeSpan.Zero) await Task.Delay(ahead, _clock, cancellationToken);
            if (message.IsTelemetry && -ahead > DeviceMemory)
            {
                _counters.Forgotten();
                continue;
            }

            Channel<Outgoing>? queue = message.Topic is null ? http[Seeds.Index(message.Sender, http.Length)] : mqtt.Find(message);
            if (queue is not null) await queue.Writer.WriteAsync(message, cancellationToken);
        }
    }

    private static async Task FinishAsync(Task[] senders, CancellationToken answers)
    {
        try
        {
            await Task.WhenAll(senders);
        }
        catch (OperationCanceledException) when (answers.IsCancellationRequested)
        {
            // Somebody did not answer in time; the counts say how much is open.
        }
    }

    private static Channel<Outgoing> Queue() => Channel.CreateBounded<Outgoing>(QueueLength);
}
