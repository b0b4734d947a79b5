using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace CityPerception.Tests.Sources;

/// <summary>A socket that speaks MQTT 3.1.1 or 5 byte by byte, to say what no well-behaved client would.</summary>
internal sealed class RawMqtt : IAsyncDisposable
{
    public const byte V311 = 4, V5 = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TcpClient _client = new() { NoDelay = true };
    private Stream _stream = Stream.Null;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A connection on which nothing has been said.</summary>
    public static async Task<RawMqtt> OpenAsync(int port)
    {
        var raw = new RawMqtt();
        await raw._client.ConnectAsync("127.0.0.1", port, Ct);
        raw._stream = new BufferedStream(raw._client.GetStream());
        return raw;
    }

    public static async Task<RawMqtt> ConnectAsync(int port, byte version = V311)
    {
        RawMqtt raw = await OpenAsync(port);
        await raw.SendAsync(Connect(version, Guid.NewGuid().ToString("N")));
        (byte first, byte[] body) = await raw.ReadAsync() ?? throw new InvalidOperationException("No CONNACK.");
        Assert.Equal((0x20, 0), (first, body[1]));
        return raw;
    }

    public static byte[] Connect(byte version, string clientId)
    {
        byte[] properties = version == V5 ? [0] : [];
        return Packet(0x10, [.. Text("MQTT"), version, 2, 0, 60, .. properties, .. Text(clientId)]);
    }

    /// <summary>A PUBLISH of QoS 1 or 2.</summary>
    public static byte[] Publish(byte version, string topic, ushort id, string payload, bool dup = false, byte[]? properties = null, int qos = 1)
    {
        byte[] options = version == V5 ? [(byte)(properties?.Length ?? 0), .. properties ?? []] : [];
        return Packet((byte)(0x30 | (dup ? 8 : 0) | (qos << 1)), [.. Text(topic), (byte)(id >> 8), (byte)id, .. options, .. Encoding.UTF8.GetBytes(payload)]);
    }

    public static byte[] Packet(byte first, byte[] body) => [first, .. Length(body.Length), .. body];

    /// <summary>A remaining length (MQTT 5.0, 1.5.5).</summary>
    public static byte[] Length(int length)
    {
        List<byte> bytes = [];
        do
        {
            bytes.Add((byte)(length % 128 | (length >= 128 ? 128 : 0)));
            length /= 128;
        }
        while (length > 0);
        return [.. bytes];
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await _client.GetStream().WriteAsync(bytes, Ct);
    }

    /// <summary>The next packet; null when the server has closed the connection.</summary>
    public async Task<(byte First, byte[] Body)?> ReadAsync()
    {
        try
        {
            byte first = await ReadByteAsync();
            int length = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte next = await ReadByteAsync();
                length |= (next & 127) << shift;
                if (next < 128) break;
            }

            byte[] body = new byte[length];
            await _stream.ReadExactlyAsync(body, Ct).AsTask().WaitAsync(Patience, Ct);
            return (first, body);
        }
        catch (IOException)
        {
            return null; // closed, or reset because it had not read everything
        }
    }

    /// <summary>The identifier of the PUBACK that comes next.</summary>
    public async Task<ushort> ReadPubAckAsync()
    {
        (byte first, byte[] body) = await ReadAsync() ?? throw new InvalidOperationException("The connection was closed instead of a PUBACK.");
        Assert.Equal(0x40, first);
        return BinaryPrimitives.ReadUInt16BigEndian(body);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static byte[] Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        return [(byte)(utf8.Length >> 8), (byte)utf8.Length, .. utf8];
    }

    private async Task<byte> ReadByteAsync()
    {
        byte[] one = new byte[1];
        await _stream.ReadExactlyAsync(one, Ct).AsTask().WaitAsync(Patience, Ct);
        return one[0];
    }
}
