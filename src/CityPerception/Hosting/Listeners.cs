using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace CityPerception.Hosting;

/// <summary>A socket that the process listens on.</summary>
/// <param name="Name">HTTP, MQTT, …</param>
/// <param name="Setting">The setting that moves it, with an example: <c>Mqtt:Port=1884</c>.</param>
/// <param name="Wanted">As the settings say.</param>
/// <param name="Bound">As it is; differs from <paramref name="Wanted"/> where that has port 0. Ask after the start.</param>
internal sealed record Listener(string Name, string Setting, IPEndPoint Wanted, Func<EndPoint?> Bound);

/// <summary>Everything the process listens on; each part adds its own before it binds.</summary>
internal sealed class Listeners
{
    private readonly List<Listener> _all = [];

    public IReadOnlyList<Listener> All => _all;

    public void Add(Listener listener) => _all.Add(listener);

    /// <summary>Where a listener listens, once it does; null if there is none of the name.</summary>
    public IPEndPoint? Find(string name) => _all.FirstOrDefault(l => l.Name == name)?.Bound() as IPEndPoint;

    /// <summary>What to tell the user when a socket could not be bound, or null if that is not what happened.</summary>
    public string? Explain(Exception exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            SocketError? error = e switch
            {
                AddressInUseException => SocketError.AddressAlreadyInUse,
                SocketException socket => socket.SocketErrorCode,
                _ => null,
            };
            if (error is not (SocketError.AddressAlreadyInUse or SocketError.AccessDenied or SocketError.AddressNotAvailable)) continue;

            // Kestrel's message is the only place that says which of the addresses it was.
            string text = exception.ToString();
            Listener? listener = _all.FirstOrDefault(l => text.Contains(l.Wanted.ToString(), StringComparison.Ordinal));
            string where = listener is null ? "one of the addresses" : $"{listener.Wanted} ({listener.Name})";
            string cure = listener is null ? "" : $" Choose another with --set {listener.Setting}";
            return error switch
            {
                SocketError.AddressAlreadyInUse => $"{where} is in use by another program.{cure}{(listener is null ? " Stop" : ", or stop")} the other program.\n"
                    + $"    {where} 已被其他程序占用，请更换端口或停止该程序。",
                SocketError.AccessDenied => $"{where} may not be opened by this user.{cure}.\n    当前用户无权监听 {where}。",
                _ => $"{where} is not an address of this machine.{cure}.\n    {where} 不是本机地址。",
            };
        }

        return null;
    }
}
