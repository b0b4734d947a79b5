using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using CityPerception.Core.Observations;
using CityPerception.DeadLetters;
using CityPerception.Storage;
using CityPerception.Storage.DeadLetters;
using CityPerception.TestKit;
using CityPerception.Tests.Cli;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace CityPerception.Tests.DeadLetters;

/// <summary>The dead letters of a data directory, and the commands an operator gives about them.</summary>
internal static class Letters
{
    // Lately: a server removes letters that are too old.
    private static readonly DateTimeOffset FirstCame = TimeProvider.System.GetUtcNow().AddHours(-1);

    /// <summary>A good message of number i became a letter, say because its station was not in the lookup then.</summary>
    public static DeadLetter Good(long i) => DeadLetter.Create(
        DeadLetterKind.Message, "air-station", "mqtt", "city/aq/AQ-00001/telemetry", Came(i),
        [new Rejection(RejectionReason.LookupMissing, 0, "$.deviceId", "no such key")], Encoding.UTF8.GetBytes(Message(i)));

    /// <summary>When number i came.</summary>
    public static DateTimeOffset Came(long i) => FirstCame.AddMilliseconds(i);

    public static string Message(long i) => string.Create(
        CultureInfo.InvariantCulture, $$$"""{"deviceId":"AQ-{{{i % 90:00000}}}","ts":{{{TimeMs(i)}}},"data":{"pm25":{{{i % 100}}}}}""");

    /// <summary>The time that number i has.</summary>
    public static long TimeMs(long i) => 1_760_000_000_000 + i;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Puts letters into the data directory of a server that does not run.</summary>
    public static async Task WriteAsync(string data, IEnumerable<DeadLetter> all)
    {
        await using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var metrics = new StorageMetrics(services.GetRequiredService<IMeterFactory>());
        await using DeadLetterLog letters = DeadLetterLog.Open(Path.Combine(data, "deadletters"), new DeadLetterOptions(), TimeProvider.System, metrics, NullLogger<DeadLetterLog>.Instance);
        long last = 0;
        foreach (DeadLetter letter in all) last = await letters.AppendAsync(letter, Ct);
        await letters.WaitDurableAsync(last, Ct);
    }

    /// <summary>The oldest first.</summary>
    public static List<DeadLetter> In(string data, DeadLetterState? state = null) =>
        [.. LetterAccess.Reader(data).Read(new DeadLetterFilter { State = state, Limit = int.MaxValue, NewestFirst = false }, Ct).Letters];

    /// <summary>Runs <c>deadletters replay</c> on a data directory.</summary>
    public static Task<(int ExitCode, string Output, string Error)> ReplayAsync(string data, string? config, params string[] more) =>
        CliProcess.RunAsync(["deadletters", "replay", "--data", data, "--config", config ?? RepositoryFolder.Find("ingest-configs"), .. more]);
}
