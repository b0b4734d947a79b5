using System.Threading.Channels;
using CityPerception.Hosting;

namespace CityPerception.Sources.Mqtt;

/// <summary>Bytes of all connections' messages that are not acknowledged yet.</summary>
internal sealed class InFlightTotal
{
    private long _bytes;

    public long Bytes => Volatile.Read(ref _bytes);

    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);
}

/// <summary>
/// What one connection has asked for and not been answered: messages without their acknowledgement, and the packets that
/// MQTTnet answers. Past its bounds the connection is not read, and TCP tells the sender to wait.
/// </summary>
/// <remarks>
/// A connection that waits for nothing is read whatever the others have under way, so that nobody's flood shuts another
/// out. Hence all connections together hold <see cref="MqttOptions.MaxUnacknowledgedBytesInAll"/> and one read each. And
/// hence a connection waits only for its own acknowledgements: there is always one to come.
/// </remarks>
internal sealed class InFlightWindow(MqttOptions options, InFlightTotal total)
{
    private readonly Lock _lock = new();
    // A sign that something has left. One too many only makes it look again.
    private readonly Channel<bool> _left = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private int _packets;
    private long _bytes;
    private bool _isClosed;

    /// <summary>Whether more may be read.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_lock) return _packets == 0 || (_packets < options.MaxInFlight && _bytes < options.MaxUnacknowledgedBytes && total.Bytes < options.MaxUnacknowledgedBytesInAll);
        }
    }

    /// <summary>Everything is answered.</summary>
    public bool IsEmpty
    {
        get { lock (_lock) return _packets == 0; }
    }

    public void Enter(int packets, long bytes)
    {
        lock (_lock)
        {
            _packets += packets;
            _bytes += bytes;
            if (!_isClosed) total.Add(bytes);
        }
    }

    public void Leave(int packets, long bytes)
    {
        lock (_lock)
        {
            _packets -= packets;
            _bytes -= bytes;
            if (!_isClosed) total.Add(-bytes);
        }

        _left.Writer.TryWrite(true);
    }

    /// <summary>Completes when more may be read. For one caller.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        while (!IsOpen) await _left.Reader.ReadAsync(cancellationToken);
    }

    /// <summary>The connection has ended: what was under way is not any more.</summary>
    public void Close()
    {
        lock (_lock)
        {
            if (_isClosed) return;
            _isClosed = true;
            total.Add(-_bytes);
        }
    }
}
