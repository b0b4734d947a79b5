using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CityPerception.Simulation.Load;

namespace CityPerception.Cli;

/// <summary>The sums of a load as <c>--json</c> has them: messages, seconds, milliseconds.</summary>
internal sealed record LoadSums(
    double Seconds, long Sent, long Acknowledged, long Rejected, long Denied, long Unanswered, long SentAgain, long Reconnects, double Rate,
    double LatencyP50, double LatencyP90, double LatencyP99, double LatencyP999, double LatencyMax, string? Trouble);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LoadSums))]
internal sealed partial class LoadJson : JsonSerializerContext;

/// <summary>Prints how a load goes, a line a second, and what it came to.</summary>
internal sealed class LoadPrinter(int qos)
{
    private LoadReport? _last;

    public void Progress(LoadReport report)
    {
        double seconds = (report.Elapsed - (_last?.Elapsed ?? TimeSpan.Zero)).TotalSeconds;
        long more = Done(report) - (_last is null ? 0 : Done(_last));
        LoadCounts counts = report.Counts;
        Terminal.Error.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Elapsed.TotalSeconds,5:0} s  {more / Math.Max(seconds, 0.001),9:N0} msg/s  acknowledged {counts.Acknowledged:N0}  rejected {counts.Rejected + counts.Denied:N0}  in flight {counts.Sent - counts.Answered:N0}  p50 {report.Latency.P50:0.0} ms  p99 {report.Latency.P99:0.0} ms"));
        if (report.Trouble is { } trouble && trouble != _last?.Trouble) Terminal.Error.Line("       " + Terminal.Escape(trouble));
        _last = report;
    }

    /// <summary>Prints the sums. Good is: something was sent, nothing is without an answer, nothing was denied.</summary>
    public int Sums(LoadReport report, bool isJson)
    {
        LoadCounts counts = report.Counts;
        long unanswered = qos == 0 ? 0 : counts.Sent - counts.Answered;
        LoadLatency latency = report.Latency;
        double rate = Done(report) / Math.Max(report.Elapsed.TotalSeconds, 0.001);
        if (isJson)
        {
            var sums = new LoadSums(
                Math.Round(report.Elapsed.TotalSeconds, 3), counts.Sent, counts.Acknowledged, counts.Rejected, counts.Denied, unanswered, counts.Again, counts.Reconnects, Math.Round(rate, 1),
                latency.P50, latency.P90, latency.P99, latency.P999, latency.Max, report.Trouble);
            Terminal.Out.Line(JsonSerializer.Serialize(sums, LoadJson.Default.LoadSums));
        }
        else
        {
            Terminal.Out.Table(["", "", ""], Rows(report, unanswered, rate));
        }

        bool good = counts.Sent > 0 && unanswered == 0 && counts.Denied == 0;
        if (!good) Terminal.Error.Verdict(false, $"{counts.Sent} sent, {unanswered} without an answer, {counts.Denied} denied: {Terminal.Escape(report.Trouble ?? "")}");
        return good ? ExitCode.Ok : ExitCode.Failed;
    }

    private static string[][] Rows(LoadReport report, long unanswered, double rate)
    {
        LoadCounts counts = report.Counts;
        LoadLatency latency = report.Latency;
        string N(double number) => number.ToString("N0", CultureInfo.InvariantCulture);
        string Ms(double ms) => ms.ToString("0.00", CultureInfo.InvariantCulture) + " ms";
        return
        [
            ["sent", N(counts.Sent), "已发送"],
            ["acknowledged", N(counts.Acknowledged), "已应答"],
            ["rejected (dead letters)", N(counts.Rejected), "拒收（死信）"],
            ["denied", N(counts.Denied), "被拒绝"],
            ["without an answer", N(unanswered), "未应答"],
            ["sent again", N(counts.Again), "重发"],
            ["reconnects", N(counts.Reconnects), "重连"],
            ["seconds", report.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture), "秒"],
            ["messages a second", N(rate), "每秒消息"],
            ["latency p50", Ms(latency.P50), "时延"],
            ["latency p90", Ms(latency.P90), ""],
            ["latency p99", Ms(latency.P99), ""],
            ["latency p99.9", Ms(latency.P999), ""],
            ["latency max", Ms(latency.Max), ""],
        ];
    }

    // QoS 0 has no answers: what was handed over is all that is known.
    private long Done(LoadReport report) => qos == 0 ? report.Counts.Sent : report.Counts.Answered;
}
