using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;

namespace CityPerception.Tests.Sources;

/// <summary>A connection that speaks MQTT 3.1.1 or 5 byte by byte, to say what no well-behaved client would.</summary>
public sealed class RawMqtt : IAsyncDisposable
{
    public const byte V311 = 4, V5 = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Stream _stream, _input;
    private readonly IDisposable _connection;

    private RawMqtt(Stream stream, IDisposable? connection = null) => (_stream, _input, _connection) = (stream, new BufferedStream(stream), connection ?? stream);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A connection on which nothing has been said.</summary>
    public static async Task<RawMqtt> OpenAsync(int port) => new(await WireServer.OpenTcpAsync(port, Ct));

    public static async Task<RawMqtt> OpenAsync(WireServer server, Wire wire)
    {
        (Stream stream, IDisposable connection) = await server.OpenAsync(wire, Ct);
        return new RawMqtt(stream, connection);
    }

    public static Task<RawMqtt> ConnectAsync(int port, byte version = V311) => ConnectAsync(port, Connect(version, NewName()));

    public static async Task<RawMqtt> ConnectAsync(int port, byte[] connect) => await (await OpenAsync(port)).ConnectAsync(connect);

    public static Task<RawMqtt> ConnectAsync(WireServer server, Wire wire, byte version) => ConnectAsync(server, wire, Connect(version, NewName()));

    public static async Task<RawMqtt> ConnectAsync(WireServer server, Wire wire, byte[] connect) => await (await OpenAsync(server, wire)).ConnectAsync(connect);

    /// <summary>A client identifier that no other test has.</summary>
    public static string NewName() => Guid.NewGuid().ToString("N");

    /// <summary>A CONNECT.</summary>
    /// <param name="version">Of MQTT.</param>
    /// <param name="clientId">Its name.</param>
    /// <param name="keepAlive">In seconds.</param>
    /// <param name="clean">Begins a session anew, and ends it with the connection in 3.1.1.</param>
    /// <param name="properties">MQTT 5's.</param>
    /// <param name="will">Topic and message.</param>
    /// <param name="login">User name and password.</param>
    public static byte[] Connect(
        byte version, string clientId, ushort keepAlive = 60, bool clean = true, byte[]? properties = null, (string Topic, string Message)? will = null, (string User, string Password)? login = null)
    {
        byte flags = (byte)((clean ? 2 : 0) | (will is null ? 0 : 4) | (login is null ? 0 : 0xC0));
        byte[] options = version == V5 ? [(byte)(properties?.Length ?? 0), .. properties ?? []] : [];
        byte[] willOptions = version == V5 ? [0] : [];
        byte[] last = [.. will is { } w ? [.. willOptions, .. Text(w.Topic), .. Text(w.Message)] : (byte[])[], .. login is { } l ? [.. Text(l.User), .. Text(l.Password)] : (byte[])[]];
        return Packet(0x10, [.. Text("MQTT"), version, flags, (byte)(keepAlive >> 8), (byte)keepAlive, .. options, .. Text(clientId), .. last]);
    }

    /// <summary>A SUBSCRIBE to one filter.</summary>
    public static byte[] Subscribe(byte version, ushort id, string filter, byte qos = 1)
    {
        byte[] options = version == V5 ? [0] : [];
        return Packet(0x82, [(byte)(id >> 8), (byte)id, .. options, .. Text(filter), qos]);
    }

    /// <summary>A packet that is an identifier: PUBACK, PUBREC, PUBREL, PUBCOMP.</summary>
    public static byte[] Identified(byte first, ushort id) => [first, 2, (byte)(id >> 8), (byte)id];

    /// <summary>A PUBLISH; one of QoS 0 has no identifier.</summary>
    public static byte[] Publish(byte version, string topic, ushort id, string payload, bool dup = false, byte[]? properties = null, int qos = 1, bool retain = false)
    {
        byte[] identifier = qos > 0 ? [(byte)(id >> 8), (byte)id] : [];
        byte[] options = version == V5 ? [(byte)(properties?.Length ?? 0), .. properties ?? []] : [];
        return Packet((byte)(0x30 | (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0)), [.. Text(topic), .. identifier, .. options, .. Encoding.UTF8.GetBytes(payload)]);
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
        await _stream.WriteAsync(bytes, Ct);
        await _stream.FlushAsync(Ct);
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
            await _input.ReadExactlyAsync(body, Ct).AsTask().WaitAsync(Patience, Ct);
            return (first, body);
        }
        catch (Exception e) when (e is IOException or WebSocketException or NotSupportedException)
        {
            return null; // closed, or reset because it had not read everything; a WebSocket that is over cannot be read at all
        }
    }

    /// <summary>The identifier of the PUBACK that comes next.</summary>
    public async Task<ushort> ReadPubAckAsync() => BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(0x40));

    /// <summary>The packet that comes next, which must be of this type.</summary>
    public async Task<byte[]> ReadAsync(byte first)
    {
        (byte found, byte[] body) = await ReadAsync() ?? throw new InvalidOperationException($"The connection was closed instead of 0x{first:x2}.");
        Assert.Equal(first, found);
        return body;
    }

    /// <summary>Reads until the server has closed the connection.</summary>
    public async Task ReadToEndAsync()
    {
        while (await ReadAsync() is not null)
        {
        }
    }

    /// <summary>Goes without a word, as a device does that has lost its power.</summary>
    public ValueTask DisposeAsync()
    {
        _connection.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<RawMqtt> ConnectAsync(byte[] connect)
    {
        await SendAsync(connect);
        Assert.Equal(0, (await ReadAsync(0x20))[1]);
        return this;
    }

    private static byte[] Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        return [(byte)(utf8.Length >> 8), (byte)utf8.Length, .. utf8];
    }

    private async Task<byte> ReadByteAsync()
    {
        byte[] one = new byte[1];
        await _input.ReadExactlyAsync(one, Ct).AsTask().WaitAsync(Patience, Ct);
        return one[0];
    }
}
