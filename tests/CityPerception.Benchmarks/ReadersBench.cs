using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace CityPerception.Benchmarks;

/// <summary>
/// How long readers wait for a running server's channels: <c>readers URL COUNT SECONDS [PAUSE_MS]</c>. Each of them asks for one channel after another;
/// an answer is the whole channel.
/// </summary>
internal static class ReadersBench
{
    private static readonly string[] Channels = ["city", "social", "business", "iot", "economy", "oversight", "environment", "coordination"];

    public static async Task RunAsync(string[] arguments)
    {
        int readers = int.Parse(arguments[2], CultureInfo.InvariantCulture);
        TimeSpan length = TimeSpan.FromSeconds(int.Parse(arguments[3], CultureInfo.InvariantCulture));
        // A screen that asks every few seconds would leave the server idle: at 50 ms a reader stands for a hundred of them.
        TimeSpan pause = TimeSpan.FromMilliseconds(arguments.Length > 4 ? int.Parse(arguments[4], CultureInfo.InvariantCulture) : 50);
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = readers };
        using var http = new HttpClient(handler) { BaseAddress = new Uri(arguments[1]) };
        foreach (string channel in Channels) (await http.GetAsync("api/channels/" + channel)).EnsureSuccessStatusCode();
        var times = new ConcurrentBag<double>();
        long began = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, readers, new ParallelOptions { MaxDegreeOfParallelism = readers }, async (reader, cancellationToken) =>
        {
            for (int i = reader; Stopwatch.GetElapsedTime(began) < length; i++)
            {
                long asked = Stopwatch.GetTimestamp();
                using HttpResponseMessage answer = await http.GetAsync("api/channels/" + Channels[i % Channels.Length], cancellationToken);
                await answer.Content.CopyToAsync(Stream.Null, cancellationToken);
                answer.EnsureSuccessStatusCode();
                times.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
                await Task.Delay(pause, cancellationToken);
            }
        });
        double[] sorted = [.. times.Order()];
        double At(double share) => sorted[(int)Math.Min(sorted.Length - 1, share * sorted.Length)];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{readers} readers, {sorted.Length / length.TotalSeconds:0} answers a second: p50 {At(0.5):0.0} ms, p90 {At(0.9):0.0} ms, p99 {At(0.99):0.0} ms, worst {sorted[^1]:0.0} ms"));
    }
}
