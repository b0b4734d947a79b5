using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace CityPerception.TestKit.Servers;

/// <summary>Stands between a client and a server on loopback, and is as bad a network as a test asks for.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly ConcurrentDictionary<Link, bool> _links = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly Task _accepting;
    private volatile TaskCompletionSource? _held;
    private volatile bool _down;
    private int _toLose;

    private TcpProxy(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Every answer comes so much later.</summary>
    public TimeSpan AnswerDelay { get; set; }

    /// <summary>How many answers <see cref="LoseAnswers"/> has still to lose.</summary>
    public int AnswersToLose => Volatile.Read(ref _toLose);

    public static TcpProxy To(Uri server) => new(server.Port);

    /// <summary>Answers come no more, until <see cref="ReleaseAnswers"/>: the server gets every request and does it.</summary>
    public void HoldAnswers() => _held ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void ReleaseAnswers()
    {
        TaskCompletionSource? held = _held;
        _held = null;
        held?.SetResult();
    }

    /// <summary>The next answers are lost with their connections: the server has done what was asked, and nobody hears of it.</summary>
    public void LoseAnswers(int count) => Volatile.Write(ref _toLose, count);

    /// <summary>Every connection is cut where it stands, and so is each new one, until <see cref="Up"/>.</summary>
    public void Down()
    {
        _down = true;
        foreach (Link link in _links.Keys) link.Cut();
    }

    public void Up() => _down = false;

    public async ValueTask DisposeAsync()
    {
        ReleaseAnswers();
        await _closed.CancelAsync();
        Down();
        _listener.Dispose();
        await _accepting;
        _closed.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_closed.IsCancellationRequested)
        {
            try
            {
                var link = new Link(await _listener.AcceptSocketAsync(_closed.Token));
                _links[link] = true;
                _ = RunAsync(link);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Closed, or the client was gone before it was accepted.
            }
        }
    }

    private async Task RunAsync(Link link)
    {
        try
        {
            if (_down) return;
            await link.ConnectAsync(_target, _closed.Token);
            await Task.WhenAny(PumpAsync(link.Client, link.Server, isAnswer: false), PumpAsync(link.Server, link.Client, isAnswer: true));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The server is away, or the link was cut: the client sees the connection end.
        }
        finally
        {
            link.Cut();
            _links.TryRemove(link, out _);
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool isAnswer)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _closed.Token) is var read and > 0)
            {
                if (isAnswer && !await LetThroughAsync()) return;
                for (int sent = 0; sent < read;) sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), _closed.Token);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Cut, from this side or another.
        }
    }

    private async Task<bool> LetThroughAsync()
    {
        if (AnswerDelay is var delay && delay > TimeSpan.Zero) await Task.Delay(delay, _closed.Token);
        if (_held is { } held) await held.Task;
        return Volatile.Read(ref _toLose) <= 0 || Interlocked.Decrement(ref _toLose) < 0;
    }

    private sealed class Link(Socket client)
    {
        public Socket Client => client;

        public Socket Server { get; } = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        public async Task ConnectAsync(int port, CancellationToken cancellationToken) => await Server.ConnectAsync(IPAddress.Loopback, port, cancellationToken);

        // With a reset, as of a network that fails; an orderly end would wait for what is still under way.
        public void Cut()
        {
            client.Close(0);
            Server.Close(0);
        }
    }
}
