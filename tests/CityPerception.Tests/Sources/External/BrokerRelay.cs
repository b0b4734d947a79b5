using System.Net;
using System.Net.Sockets;

namespace CityPerception.Tests.Sources.External;

/// <summary>Stands between a worker and a broker, counts the worker's pings, and plays an old broker if it is to.</summary>
internal sealed class BrokerRelay : IAsyncDisposable
{
    private const byte ConnectPacket = 0x10;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly int _brokerPort;
    private readonly bool _refusesV5;
    private readonly Task _accepting;
    private int _pings;

    public BrokerRelay(int brokerPort, bool refusesV5 = false)
    {
        (_brokerPort, _refusesV5) = (brokerPort, refusesV5);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>PINGREQ packets that came by themselves, as a worker at rest sends them.</summary>
    public int Pings => Volatile.Read(ref _pings);

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true) connections.Add(RelayAsync(await _listener.AcceptSocketAsync(_closing.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task RelayAsync(Socket worker)
    {
        using var broker = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using (worker)
        {
            try
            {
                await broker.ConnectAsync(IPAddress.Loopback, _brokerPort, _closing.Token);
                await Task.WhenAny(CopyAsync(worker, broker, isWorker: true), CopyAsync(broker, worker, isWorker: false)).Unwrap();
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // One of them has gone; so does the other.
            }
        }
    }

    private async Task CopyAsync(Socket from, Socket to, bool isWorker)
    {
        byte[] buffer = new byte[64 * 1024];
        while (await from.ReceiveAsync(buffer, _closing.Token) is > 0 and int count)
        {
            if (isWorker && buffer is [0xC0, 0, ..] && count == 2) Interlocked.Increment(ref _pings);
            // CONNECT: head, length, "MQTT" with its length, then the version.
            if (isWorker && _refusesV5 && buffer[0] == ConnectPacket && buffer[8] == 5)
            {
                await from.SendAsync(new byte[] { 0x20, 2, 0, 1 }, _closing.Token); // 3.1.1, 3.2.2.3: unacceptable protocol version
                return;
            }

            await to.SendAsync(buffer.AsMemory(0, count), _closing.Token);
        }
    }
}
