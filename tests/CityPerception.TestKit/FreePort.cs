using System.Net;
using System.Net.Sockets;

namespace CityPerception.TestKit;

/// <summary>Loopback ports that nobody listens on.</summary>
public static class FreePort
{
    /// <summary>As many different ones as asked for: all are held while they are chosen.</summary>
    public static int[] Take(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        try
        {
            foreach (TcpListener listener in listeners) listener.Start();
            return [.. listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        }
        finally
        {
            foreach (TcpListener listener in listeners) listener.Dispose();
        }
    }

    public static int Take() => Take(1)[0];
}
