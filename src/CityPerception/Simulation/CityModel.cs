using System.Globalization;
using CityPerception.Simulation.Offices;
using CityPerception.Simulation.Things;

namespace CityPerception.Simulation;

/// <summary>Somebody or something that sends: it acts, and says when it will next.</summary>
internal interface IActor
{
    /// <summary>Acts once; returns when to act again, or null for never.</summary>
    DateTimeOffset? Act(CityModel city, DateTimeOffset now);
}

/// <summary>
/// The city as a sequence of messages in the order of time. Pure: no clock, no sockets, no tasks; the same options,
/// devices and start give the same messages. Whoever reads it waits until each is due.
/// </summary>
internal sealed class CityModel
{
    private readonly PriorityQueue<IActor, (DateTimeOffset At, long Order)> _actors = new();
    private readonly Queue<Outgoing> _ready = new();
    private readonly FaultPlan _faults;
    private readonly Draft _draft = new();
    private long _order, _numbers;

    public CityModel(SimulationOptions options, IReadOnlyList<Device> devices, DateTimeOffset start)
    {
        Options = options;
        Devices = devices;
        Start = start;
        Weather = new Weather(options.Seed);
        _faults = new FaultPlan(options.Faults, options.Seed);
        if (options.MqttHost is not null) Publishers = [.. Telemetry.Populate(this), .. GridStaff.TerminalsOf(Places.Of(devices))];
        if (options.HttpUrl is not null || options.MqttHost is not null) CityOffices.Populate(this);
    }

    public SimulationOptions Options { get; }

    public IReadOnlyList<Device> Devices { get; }

    public DateTimeOffset Start { get; }

    public Weather Weather { get; }

    /// <summary>The names under which it publishes by MQTT, each a level of the topic.</summary>
    public IReadOnlyList<string> Publishers { get; } = [];

    /// <summary>The next message; the city never ends.</summary>
    public Outgoing Next()
    {
        while (_ready.Count == 0)
        {
            if (!_actors.TryDequeue(out IActor? actor, out (DateTimeOffset At, long Order) turn))
                throw new InvalidOperationException("Nobody in the city sends: MqttHost and HttpUrl are both null.");
            if (actor.Act(this, turn.At) is { } next) Schedule(next, actor);
        }

        return _ready.Dequeue();
    }

    public void Schedule(DateTimeOffset at, IActor actor) => _actors.Enqueue(actor, (at, _order++));

    public Random RandomFor(string name) => Seeds.RandomFor(Options.Seed, name);

    /// <summary>A number as offices give it: a prefix, the local day and time of opening, a running number. Unique over restarts too.</summary>
    public string NewId(string prefix, DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}{Rhythm.Local(now):yyyyMMddHHmmss}{++_numbers % 10_000:0000}");

    /// <summary>How long something of the city's life takes in the simulation.</summary>
    public TimeSpan Scaled(TimeSpan life) => life / Options.Speed;

    /// <summary>A message to fill in, with its fault already drawn. One at a time.</summary>
    public Draft Begin(DateTimeOffset now, FaultScope scope) => _draft.Begin(now, _faults.Draw(scope), Start);

    public void Publish(string source, string topic, string sender, Draft draft, bool telemetry = true) =>
        Send(new Outgoing(source, topic, sender, draft.Now, draft.Payload(), draft.Fault) { IsTelemetry = telemetry });

    public void Post(string source, string sender, Draft draft, string contentType = "application/json") =>
        Send(new Outgoing(source, null, sender, draft.Now, draft.Payload(), draft.Fault) { ContentType = contentType });

    private void Send(Outgoing message)
    {
        if (message.Topic is null && Options.HttpUrl is null) return; // nobody takes what offices post
        if (message.Fault is SimulationFault.Duplicate) _ready.Enqueue(message with { Fault = SimulationFault.None });
        _ready.Enqueue(message);
    }
}
