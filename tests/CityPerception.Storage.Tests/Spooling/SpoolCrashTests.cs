using System.Diagnostics;
using System.Globalization;
using CityPerception.Storage.Spooling;
using CityPerception.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace CityPerception.Storage.Tests.Spooling;

/// <summary>Kills a process that appends, at moments nobody chose, and counts what is left.</summary>
public sealed class SpoolCrashTests : IDisposable
{
    private readonly TempFolder _directory = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Kill_WhileAppending_KeepsEveryAcknowledgedNumber()
    {
        HashSet<long> acknowledged = [];
        long next = 0;
        foreach (int count in (int[])[1, 50, 700, 2000, 9000])
        {
            List<long> numbers = await RunUntilKilledAsync(next, count);
            Assert.True(numbers.Count >= count, $"the writer ended by itself after {numbers.Count} numbers");
            acknowledged.UnionWith(numbers);
            next = numbers.Max() + 1000; // what was appended and not acknowledged may be there or not

            await using Spool spool = Open();
            using SpoolReader reader = spool.OpenReader();
            List<SpoolRecord> records = reader.ReadAll();
            Assert.DoesNotContain(records, r => r.IsDamaged);
            List<long> found = [.. records.Select(r => Spools.NumberOf(r.Lines))];
            Assert.Equal(found.Count, found.Distinct().Count());
            Assert.Superset(acknowledged, found.ToHashSet());
            Assert.All(records, r => Assert.Equal(r.ReceivedNs, Spools.NumberOf(r.Lines)));
        }
    }

    [Fact]
    public async Task Kill_Holder_ReleasesTheDirectory()
    {
        await RunUntilKilledAsync(0, 1);
        await using Spool spool = Open();
        await spool.AppendAsync(1_000_000, 1);
    }

    private Spool Open() =>
        Spool.Open(_directory.Path, new SpoolOptions { SegmentBytes = 1 << 20 }, TimeProvider.System, NullLogger<Spool>.Instance);

    private async Task<List<long>> RunUntilKilledAsync(long next, int count)
    {
        using var writer = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "CityPerception.SpoolWriter"))
        {
            ArgumentList = { _directory.Path, next.ToString(CultureInfo.InvariantCulture) },
            RedirectStandardOutput = true,
        })!;
        List<long> numbers = [];
        while (await writer.StandardOutput.ReadLineAsync(Ct) is { } line)
        {
            if (!long.TryParse(line, CultureInfo.InvariantCulture, out long number)) break; // cut by the kill
            numbers.Add(number);
            if (numbers.Count == count) writer.Kill(); // SIGKILL; what it had printed by then is read below
        }

        await writer.WaitForExitAsync(Ct);
        return numbers;
    }
}
