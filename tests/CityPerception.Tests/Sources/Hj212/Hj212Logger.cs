using System.Text;
using CityPerception.Core.Decoding.Hj212;

namespace CityPerception.Tests.Sources.Hj212;

/// <summary>The real server with its HJ 212 listener.</summary>
public class Hj212Server : CityServer
{
    protected override (string Key, string Value)[] Settings => [("Hj212:Enabled", "true"), ("Hj212:Port", "0")];

    public int Hj212Port => Port("HJ 212");
}

/// <summary>A data logger: one connection, frames out, frames in.</summary>
internal sealed class Hj212Logger(Stream stream) : IAsyncDisposable
{
    private readonly byte[] _room = new byte[4096];
    private int _length;

    public static Task<Hj212Logger> ConnectAsync(Hj212Server server, CancellationToken cancellationToken) => ConnectAsync(server.Hj212Port, cancellationToken);

    public static async Task<Hj212Logger> ConnectAsync(int port, CancellationToken cancellationToken) =>
        new(await WireServer.OpenTcpAsync(port, cancellationToken));

    /// <summary>Data with its length and CRC.</summary>
    public static byte[] Frame(string data)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(data), frame = new byte[bytes.Length + 12];
        Hj212Frame.Write(bytes, frame);
        return frame;
    }

    /// <summary>The same with another CRC.</summary>
    public static byte[] Spoilt(string data)
    {
        byte[] frame = Frame(data);
        frame[^3] = frame[^3] == (byte)'0' ? (byte)'1' : (byte)'0';
        return frame;
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => await stream.WriteAsync(bytes, cancellationToken);

    /// <summary>The next frame from the server, without its line end; null once it has closed the connection.</summary>
    public async Task<string?> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            int end = _room.AsSpan(0, _length).IndexOf("\r\n"u8);
            if (end >= 0)
            {
                string frame = Encoding.UTF8.GetString(_room.AsSpan(0, end));
                _room.AsSpan(end + 2, _length - end - 2).CopyTo(_room);
                _length -= end + 2;
                return frame;
            }

            int read = await stream.ReadAsync(_room.AsMemory(_length), cancellationToken);
            if (read == 0) return null;
            _length += read;
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
