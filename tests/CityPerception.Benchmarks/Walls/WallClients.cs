using System.Collections.Concurrent;
using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace CityPerception.Benchmarks.Walls;

/// <summary>Walls that read their feed and draw nothing; when each of them saw which value the first time.</summary>
internal sealed class WallClients : IAsyncDisposable
{
    // Nobody looked before: the first board may be of a while ago, and is followed by that of now.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _http;
    private readonly ConcurrentDictionary<Shown, ConcurrentBag<DateTimeOffset>> _seen = [];
    private readonly ConcurrentDictionary<string, Shown[]> _parsed = [];
    private readonly Task[] _all;
    private int _pulses;

    public WallClients(Uri server, int count)
    {
        _http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = count + 1 }) { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };
        _all = [.. Enumerable.Range(0, count).Select(_ => FollowAsync())];
    }

    /// <summary>How many pulses all of them received.</summary>
    public int Pulses => _pulses;

    /// <summary>A value that a wall shows.</summary>
    internal sealed record Shown(string Channel, string Kpi, string Window, DateTimeOffset To, double Value);

    /// <summary>Milliseconds from the computation of a value, as the server notes it with the view, to each wall that received it; and the value that took longest.</summary>
    public async Task<(double[] Sorted, int Changes, Shown? Slowest)> LatenciesAsync()
    {
        List<double> latencies = [];
        int changes = 0;
        (double Took, Shown? Of) slowest = (0, null);
        foreach ((Shown shown, ConcurrentBag<DateTimeOffset> received) in _seen)
        {
            DateTimeOffset[] computed = await ComputedAsync(shown);
            // A value that was restated and then is what it had been was computed twice.
            double[] took = [.. received.Where(r => computed.Any(c => c <= r)).Select(r => (r - computed.Where(c => c <= r).Max()).TotalMilliseconds)];
            if (took.Length == 0) continue;
            changes++;
            latencies.AddRange(took);
            if (took.Max() > slowest.Took) slowest = (took.Max(), shown);
        }

        return ([.. latencies.Order()], changes, slowest.Of);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task FollowAsync()
    {
        using HttpResponseMessage answer = await _http.GetAsync("api/wall", HttpCompletionOption.ResponseHeadersRead, _stop.Token);
        answer.EnsureSuccessStatusCode();
        DateTimeOffset settled = TimeProvider.System.GetUtcNow() + Settling;
        HashSet<Shown> mine = [];
        Shown[] before = [];
        await foreach (SseItem<string> item in SseParser.Create(await answer.Content.ReadAsStreamAsync(_stop.Token)).EnumerateAsync(_stop.Token))
        {
            if (item.EventType == "pulse") Interlocked.Increment(ref _pulses);
            if (item.EventType != "board") continue;
            DateTimeOffset received = TimeProvider.System.GetUtcNow();
            Shown[] now = _parsed.GetOrAdd(item.Data, Parse);
            foreach (Shown shown in now)
            {
                // Only what the board before had otherwise is a change: a KPI that a tile turns to may have been computed long ago.
                if (mine.Add(shown) && received > settled && before.Any(b => (b.Channel, b.Kpi, b.Window) == (shown.Channel, shown.Kpi, shown.Window))) _seen.GetOrAdd(shown, static _ => []).Add(received);
            }

            before = now;
        }
    }

    private static Shown[] Parse(string board)
    {
        using JsonDocument document = JsonDocument.Parse(board);
        return [.. document.RootElement.GetProperty("channels").EnumerateArray().SelectMany(static channel => new[] { "main", "worst" }
            .Select(role => channel.GetProperty(role)).Where(static k => k.ValueKind is JsonValueKind.Object && k.GetProperty("value").ValueKind is JsonValueKind.Number)
            .Select(k => new Shown(channel.GetProperty("slug").GetString()!, k.GetProperty("id").GetString()!, k.GetProperty("window").GetString()!, k.GetProperty("to").GetDateTimeOffset(), k.GetProperty("value").GetDouble())))];
    }

    private async Task<DateTimeOffset[]> ComputedAsync(Shown shown)
    {
        string at = Uri.EscapeDataString(shown.To.AddSeconds(-1).ToString("O", CultureInfo.InvariantCulture));
        using HttpResponseMessage answer = await _http.GetAsync($"api/channels/{shown.Channel}/kpis/{shown.Kpi}/explain?window={shown.Window}&at={at}");
        if (!answer.IsSuccessStatusCode) return [];
        using JsonDocument document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        JsonElement root = document.RootElement;
        IEnumerable<JsonElement> revisions = root.GetProperty("revisions").EnumerateArray();
        if (root.TryGetProperty("shown", out JsonElement now) && now.ValueKind is JsonValueKind.Object) revisions = revisions.Append(now);
        return [.. revisions.Where(r => r.GetProperty("value").GetDouble().Equals(shown.Value)).Select(static r => r.GetProperty("computed").GetDateTimeOffset())];
    }
}
