using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace CityPerception.Benchmarks;

/// <summary>
/// How many devices a running server lets in a second: each by a connection of its own, which it keeps until all are in.
/// <c>connects PORT SECRETS.csv COUNT [AT-A-TIME]</c>; the table is what <c>device add --csv</c> printed (id,password), or its
/// input with the columns id,sas_key.
/// </summary>
internal static class ConnectBench
{
    private const string Host = "bench";

    public static async Task RunAsync(string[] arguments)
    {
        int port = int.Parse(arguments[1], CultureInfo.InvariantCulture), count = int.Parse(arguments[3], CultureInfo.InvariantCulture);
        int atATime = arguments.Length > 4 ? int.Parse(arguments[4], CultureInfo.InvariantCulture) : 64;
        string[] lines = File.ReadAllLines(arguments[2]);
        bool isSas = lines[0].EndsWith("sas_key", StringComparison.Ordinal);
        byte[][] packets = [.. lines.Skip(1).Take(count).Select(line => line.Split(',')).Select(cells => isSas ? Sas(cells[0], cells[1]) : Connect(cells[0], cells[0], cells[1]))];
        var sockets = new Socket[packets.Length];
        int refused = 0;
        for (int round = 1; round <= 2; round++)
        {
            long began = Stopwatch.GetTimestamp();
            await Parallel.ForAsync(0, packets.Length, new ParallelOptions { MaxDegreeOfParallelism = atATime }, async (i, cancellationToken) =>
            {
                sockets[i] = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await sockets[i].ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                await sockets[i].SendAsync(packets[i], cancellationToken);
                byte[] answer = new byte[4];
                int length = await sockets[i].ReceiveAsync(answer, cancellationToken);
                if (length < 4 || answer[3] != 0) Interlocked.Increment(ref refused);
            });
            double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(round == 1 ? "new" : "again")}: {packets.Length} connections in {seconds:0.00} s, {packets.Length / seconds:0} a second, {refused} refused"));
            foreach (Socket socket in sockets) socket.Dispose();
        }
    }

    private static byte[] Sas(string device, string key)
    {
        string resource = Uri.EscapeDataString($"{Host}/devices/{device}"), end = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        string signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes($"{resource}\n{end}")));
        return Connect(device, $"{Host}/{device}/?api-version=2021-04-12", $"SharedAccessSignature sr={resource}&sig={Uri.EscapeDataString(signature)}&se={end}");
    }

    // MQTT 3.1.1, 3.1.
    private static byte[] Connect(string client, string user, string password)
    {
        byte[] body = [0, 4, .. "MQTT"u8, 4, 0xC2, 0, 60, .. Text(client), .. Text(user), .. Text(password)];
        return body.Length < 128 ? [0x10, (byte)body.Length, .. body] : [0x10, (byte)((body.Length & 0x7F) | 0x80), (byte)(body.Length >> 7), .. body];

        static byte[] Text(string text) => [(byte)(text.Length >> 8), (byte)text.Length, .. Encoding.UTF8.GetBytes(text)];
    }
}
