using System.Collections.Concurrent;
using CityPerception.Core.Decoding.Sparkplug;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Mqtt.Sparkplug;

/// <summary>
/// The sessions of all edge nodes: follows each message before it is mapped, and has those asked for their births whose
/// data would stay without names. Kept in memory only: after a restart the nodes are asked again.
/// </summary>
internal sealed class SparkplugNodes(IOptions<SparkplugOptions> options, SparkplugSender sender, SparkplugMetrics metrics, TimeProvider clock, ILogger<SparkplugNodes> logger)
{
    // Of group and node together: a topic may have 64 KB, and each node is remembered.
    private const int MaxNameLength = 512;

    private readonly ConcurrentDictionary<(string Group, string Node), Entry> _nodes = new();
    private readonly SparkplugMemory _memory = new((long)options.Value.MemoryMegabytes << 20);
    private readonly Lock _making = new();
    private bool _isFull;

    /// <summary>A reason in snake_case.</summary>
    public static string NameOf(RebirthReason reason) => reason switch
    {
        RebirthReason.BirthUnknown => "birth_unknown",
        RebirthReason.AliasUnknown => "alias_unknown",
        RebirthReason.SequenceGap => "sequence_gap",
        _ => "none",
    };

    /// <summary>Takes a message, once. Returns what goes with it to the mapping; null if it is no payload, or of a node too many.</summary>
    public SparkplugContext? Take(SparkplugTopic topic, ReadOnlySpan<byte> payload, long receivedNs)
    {
        if (Find(topic) is not { } entry || !entry.Node.TryTake(topic, payload, receivedNs, out SparkplugStep step)) return null;
        if (step.IsStaleDeath)
        {
            metrics.StaleDeath();
            logger.StaleDeath(topic.Sender);
        }

        if (step.IsOverLimit && !entry.HasComplained) logger.BirthNotKept(topic.Sender, $"{SparkplugOptions.Section}:{nameof(SparkplugOptions.MemoryMegabytes)}");
        entry.HasComplained = step.IsOverLimit;
        if (step.Missing > 0) metrics.Gap(step.Missing);
        if (step.Rebirth is not RebirthReason.None) Ask(entry, topic, in step);
        return step.Context;
    }

    /// <summary>What is known for a message that came earlier. Takes nothing.</summary>
    public SparkplugContext? Look(string? text) =>
        text is not null && SparkplugTopic.Parse(text) is { } topic && _nodes.TryGetValue((topic.Group, topic.Node), out Entry? entry) ? entry.Node.Look(topic) : null;

    private void Ask(Entry entry, SparkplugTopic topic, in SparkplugStep step)
    {
        if (!entry.MayAsk(options.Value.RebirthInterval, clock)) return;
        if (step.Missing > 0) logger.SequenceGap($"{topic.Group}/{topic.Node}", step.Missing, step.Seq);
        logger.AskedForBirths($"{topic.Group}/{topic.Node}", NameOf(step.Rebirth));
        metrics.Rebirth(step.Rebirth);
        sender.Send(topic.CommandTopic, RebirthCommand.Encode(clock.GetUtcNow()));
    }

    private Entry? Find(SparkplugTopic topic)
    {
        (string, string) key = (topic.Group, topic.Node);
        if (_nodes.TryGetValue(key, out Entry? known)) return known;
        return topic.Group.Length + topic.Node.Length <= MaxNameLength ? Make(key) : null;
    }

    private Entry? Make((string Group, string Node) key)
    {
        lock (_making)
        {
            if (_nodes.Count >= options.Value.MaxNodes) ForgetDead();
            bool wasFull = _isFull;
            _isFull = _nodes.Count >= options.Value.MaxNodes;
            if (!_isFull) return _nodes.GetOrAdd(key, _ => new Entry(new SparkplugNode(_memory)));
            if (!wasFull) logger.BirthNotKept($"{key.Group}/{key.Node}", $"{SparkplugOptions.Section}:{nameof(SparkplugOptions.MaxNodes)}"); // once, not for each that follows
            return null;
        }
    }

    private void ForgetDead()
    {
        foreach (((string, string) key, Entry entry) in _nodes)
        {
            if (!entry.Node.IsDead) continue;
            _nodes.TryRemove(key, out _);
            entry.Node.Forget();
        }
    }

    private sealed class Entry(SparkplugNode node)
    {
        private readonly Lock _gate = new();
        private long? _asked;

        public SparkplugNode Node { get; } = node;

        public bool HasComplained { get; set; }

        public bool MayAsk(TimeSpan interval, TimeProvider clock)
        {
            lock (_gate)
            {
                if (_asked is { } before && clock.GetElapsedTime(before) < interval) return false;
                _asked = clock.GetTimestamp();
                return true;
            }
        }
    }
}

/// <summary>The way of one topic's messages through the sessions.</summary>
internal sealed record SparkplugRoute(SparkplugNodes Nodes, SparkplugTopic Topic)
{
    /// <inheritdoc cref="SparkplugNodes.Take"/>
    public SparkplugContext? Take(ReadOnlySpan<byte> payload, long receivedNs) => Nodes.Take(Topic, payload, receivedNs);
}
