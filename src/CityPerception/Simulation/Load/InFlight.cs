namespace CityPerception.Simulation.Load;

/// <summary>A message that has left, or has to leave again.</summary>
/// <param name="Number">Its number on its connection.</param>
/// <param name="DueAt">When it should have left the first time: its latency counts from there.</param>
internal readonly record struct LoadMessage(long Number, long DueAt);

/// <summary>The messages that a connection has under way, by packet identifier (1 to the window).</summary>
internal sealed class InFlight(int window)
{
    private readonly LoadMessage?[] _messages = new LoadMessage?[window];
    private readonly Queue<ushort> _free = new(Enumerable.Range(1, window).Select(id => (ushort)id));

    /// <summary>How many exchanges are open; with QoS 2 a message that is acknowledged holds its identifier until PUBCOMP.</summary>
    public int Count => window - _free.Count;

    public bool HasRoom => _free.Count > 0;

    public ushort Add(LoadMessage message)
    {
        ushort id = _free.Dequeue();
        _messages[id - 1] = message;
        return id;
    }

    /// <summary>Takes the message that an acknowledgement is for; false if there is none.</summary>
    /// <param name="freesIdentifier">Whether the identifier may be used again.</param>
    public bool TryAcknowledge(ushort id, bool freesIdentifier, out LoadMessage message)
    {
        message = default;
        if (id == 0 || id > window || _messages[id - 1] is not { } known) return false;
        message = known;
        _messages[id - 1] = null;
        if (freesIdentifier) _free.Enqueue(id);
        return true;
    }

    /// <summary>The exchange is over: PUBCOMP.</summary>
    public void Free(ushort id) => _free.Enqueue(id);

    /// <summary>What has no acknowledgement, in the order in which it was sent first.</summary>
    public IEnumerable<LoadMessage> Unacknowledged => _messages.OfType<LoadMessage>().OrderBy(m => m.Number);
}
