using CityPerception.Core.Decoding.Sparkplug.Wire;
using CityPerception.Core.Observations;

namespace CityPerception.Core.Decoding.Sparkplug;

/// <summary>Why a node is to be asked for its births.</summary>
public enum RebirthReason
{
    /// <summary>It need not be asked.</summary>
    None,

    /// <summary>It sends data, and its birth or that of the device is not known: it was born before anybody here listened.</summary>
    BirthUnknown,

    /// <summary>An alias that its birth did not name.</summary>
    AliasUnknown,

    /// <summary>Messages are missing: one of them may have been a birth.</summary>
    SequenceGap,
}

/// <summary>What a message meant for its node's session.</summary>
/// <param name="Context">Goes with the message to the mapping.</param>
/// <param name="Rebirth">Whether the node is to be asked for its births.</param>
/// <param name="Missing">How many messages are missing before this one, by their numbers.</param>
/// <param name="Seq">Its own number.</param>
public readonly record struct SparkplugStep(SparkplugContext Context, RebirthReason Rebirth, int Missing, int Seq)
{
    /// <summary>A death of an older session than the one that is alive.</summary>
    public bool IsStaleDeath => Context.IsStale;

    /// <summary>A birth that was not kept.</summary>
    public bool IsOverLimit => Context.IsOverLimit;
}

/// <summary>
/// The session of one edge node, as its messages tell it: births with their aliases, the running number, life and death
/// (Sparkplug 3.0, 5). Keeps what births say, within a limit that all nodes share. Messages of one node come one after the
/// other; a will may come from another thread.
/// </summary>
public sealed class SparkplugNode(SparkplugMemory memory)
{
    private const int SeqNumbers = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, SparkplugBirth> _devices = new(StringComparer.Ordinal);
    private SparkplugBirth? _birth;
    private ulong? _session;
    private int _seq = -1;
    private long _held, _lastSeenMs;
    private bool _isOverLimit, _isForgotten;

    /// <summary>Nothing of it need be remembered: it has died, or never spoke.</summary>
    public bool IsDead { get; private set; } = true;

    /// <summary>Takes a message of this node.</summary>
    /// <returns>False if it is no payload: nothing changes, and the decoder says what is wrong.</returns>
    public bool TryTake(SparkplugTopic topic, ReadOnlySpan<byte> bytes, long receivedNs, out SparkplugStep step)
    {
        step = default;
        if (!SparkplugPayload.TryParse(bytes, out Payload? payload)) return false;
        lock (_gate)
        {
            step = topic.Type switch
            {
                SparkplugType.NodeBirth => NodeBirth(topic, payload),
                SparkplugType.NodeDeath => NodeDeath(topic, payload),
                _ => Message(topic, payload),
            };
            if (!step.IsStaleDeath) _lastSeenMs = receivedNs / ObservationTime.NsPerMillisecond;
        }

        return true;
    }

    /// <summary>What is known for a message of this node, without taking it.</summary>
    public SparkplugContext Look(SparkplugTopic topic)
    {
        lock (_gate) return Context(topic, null);
    }

    /// <summary>Gives back the memory. Whoever still has the node gets no names from it any more.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            Clear();
            _isForgotten = true;
        }
    }

    private SparkplugStep NodeBirth(SparkplugTopic topic, Payload payload)
    {
        ulong? session = SparkplugPayload.BirthDeathNumber(payload);
        bool isRepeat = _birth is not null && _session == session && _birth.Timestamp == payload.Timestamp;
        if (!isRepeat)
        {
            Clear(); // devices have to be born again as well (5.11)
            _birth = Keep(topic, payload);
            _seq = SeqOf(payload);
        }

        (_session, IsDead) = (session, false);
        return new SparkplugStep(Context(topic, payload), RebirthReason.None, 0, _seq);
    }

    // What a session that is over left behind must not end the one that is alive: its will may come late.
    private SparkplugStep NodeDeath(SparkplugTopic topic, Payload payload)
    {
        bool isStale = _session is { } alive && SparkplugPayload.BirthDeathNumber(payload) is { } dead && alive != dead;
        if (isStale) return new SparkplugStep(new SparkplugContext(topic) { Payload = payload, IsStale = true }, RebirthReason.None, 0, _seq);

        var context = new SparkplugContext(topic) { Payload = payload, Devices = [.. _devices.Keys], LastSeenMs = _lastSeenMs };
        Clear();
        IsDead = true;
        return new SparkplugStep(context, RebirthReason.None, 0, _seq);
    }

    private SparkplugStep Message(SparkplugTopic topic, Payload payload)
    {
        int missing = Count(SeqOf(payload));
        switch (topic.Type)
        {
            case SparkplugType.DeviceBirth:
                if (_devices.TryGetValue(topic.Device!, out SparkplugBirth? before) && before.Timestamp == payload.Timestamp) break;
                Drop(topic.Device!);
                if (Keep(topic, payload) is { } birth) _devices[topic.Device!] = birth;
                break;
            case SparkplugType.DeviceDeath:
                Drop(topic.Device!);
                break;
        }

        IsDead = false;
        SparkplugContext context = Context(topic, payload);
        RebirthReason reason = _isOverLimit ? RebirthReason.None
            : _birth is null ? RebirthReason.BirthUnknown
            : missing > 0 ? RebirthReason.SequenceGap
            : topic.Type is SparkplugType.NodeData or SparkplugType.DeviceData ? Explain(payload, context.Birth)
            : RebirthReason.None;
        return new SparkplugStep(context, reason, missing, _seq);
    }

    private static RebirthReason Explain(Payload payload, SparkplugBirth? birth)
    {
        if (birth is null) return RebirthReason.BirthUnknown;
        foreach (Metric metric in payload.Metrics)
            if (metric.HasAlias && !metric.HasName && birth.Find(metric.Alias) is null) return RebirthReason.AliasUnknown;
        return RebirthReason.None;
    }

    // Returns how many are missing. The same number once more is a repeat, which MQTT may make.
    private int Count(int seq)
    {
        int missing = _seq < 0 || seq == _seq ? 0 : (seq - _seq - 1 + SeqNumbers) % SeqNumbers;
        _seq = seq;
        return missing;
    }

    // Encoders that leave out zeros leave out this one too.
    private static int SeqOf(Payload payload) => (int)(payload.Seq % SeqNumbers);

    private SparkplugContext Context(SparkplugTopic topic, Payload? payload) => new(topic)
    {
        Payload = payload,
        Birth = topic.Device is null ? _birth : _devices.GetValueOrDefault(topic.Device),
        IsOverLimit = _isOverLimit,
        LastSeenMs = _lastSeenMs,
    };

    // A birth too many: from then on the node is not asked until it begins anew, since its answer would be too many again.
    private SparkplugBirth? Keep(SparkplugTopic topic, Payload payload)
    {
        long cost = SparkplugBirth.CostOf(topic, payload);
        if (_isForgotten || !memory.TryTake(cost))
        {
            _isOverLimit = true;
            return null;
        }

        _held += cost;
        return new SparkplugBirth(payload, cost);
    }

    private void Drop(string device)
    {
        if (!_devices.Remove(device, out SparkplugBirth? birth)) return;
        _held -= birth.Cost;
        memory.Give(birth.Cost);
    }

    private void Clear()
    {
        memory.Give(_held);
        _held = 0;
        _devices.Clear();
        (_birth, _session, _seq, _isOverLimit) = (null, null, -1, false);
    }
}
