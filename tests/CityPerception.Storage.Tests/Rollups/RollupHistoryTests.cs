using System.Globalization;
using CityPerception.Core.Channels;
using CityPerception.Core.Channels.Calculations;
using CityPerception.Core.Cities;
using CityPerception.Core.Schema;
using CityPerception.Storage.Tests.Stores;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace CityPerception.Storage.Tests.Rollups;

/// <summary>
/// What the jobs made bit by bit is what one computation over everything makes, whatever came late, twice or out of order and
/// however often they ran: a few histories on the real stores, ten thousand in memory.
/// </summary>
public sealed class RollupHistoryTests
{
    // Where the clock changes on the second day.
    private const string Spring = "2026-03-28T12:00:00Z", Autumn = "2026-10-24T12:00:00Z", Plain = "2026-03-02T09:00:00Z";

    // An hour before midnight in Shanghai: the day is over soon after a history is.
    private const string Evening = "2026-03-02T14:55:00Z";

    [Theory]
    [InlineData("Asia/Shanghai", Plain)]
    [InlineData("Europe/Berlin", Spring)]
    public async Task Run_RandomHistoriesOnARealStore_EqualsComputingEverythingAnew(string zone, string start) =>
        await RollupHistory.Of(steps: 12, samples: 12, pause: 40_000).SampleAsync(
            async history =>
            {
                await using RollupRig bitByBit = await RollupRig.StartAsync(RollupTests.Kpis, At(start), zone), anew = await RollupRig.StartAsync(RollupTests.Kpis, At(start), zone);
                await history.CompareAsync(bitByBit.Works, anew.Works);
            },
            iter: 6,
            threads: 1);

    [Theory]
    [InlineData("Asia/Shanghai", Plain, 3_000)]
    [InlineData("Europe/Berlin", Spring, 3_000)]
    [InlineData("Europe/Berlin", Autumn, 3_000)]
    public async Task Run_HistoriesOfDays_EqualsComputingEverythingAnew(string zone, string start, int histories)
    {
        Trials trials = new(zone, RollupTests.Kpis.Replace("1m, ", "", StringComparison.Ordinal));
        await RollupHistory.Of(steps: 5, samples: 3, pause: 30_000).SampleAsync(history => history.CompareAsync(trials.At(start), trials.At(start)), iter: histories);
    }

    [Fact]
    public async Task Run_HistoriesOfMinutes_EqualsComputingEverythingAnew()
    {
        Trials trials = new("Asia/Shanghai", RollupTests.Kpis);
        await RollupHistory.Of(steps: 6, samples: 3, pause: 600).SampleAsync(history => history.CompareAsync(trials.At(Evening), trials.At(Evening)), iter: 1_000);
    }

    private static DateTimeOffset At(string iso) => DateTimeOffset.Parse(iso, CultureInfo.InvariantCulture);

    /// <summary>Begins a trial with an empty store each time; what is read from files is read once.</summary>
    private sealed class Trials
    {
        private readonly City _city;
        private readonly MeasurementCatalog _catalog;
        private readonly Channel _channel;

        public Trials(string zone, string kpis)
        {
            _city = RollupRig.ReadCity(zone);
            _catalog = RollupRig.ReadCatalog(_city);
            _channel = RollupRig.Compile(kpis, _catalog);
        }

        public RollupWorks At(string start)
        {
            var clock = new FakeTimeProvider(RollupHistoryTests.At(start));
            return new RollupWorks(new PlainStore(() => _catalog), new MemoryRollupState(clock), new NoCases(), _city, _channel, clock);
        }
    }

    private sealed class NoCases : ICaseStates
    {
        public Task<IReadOnlyList<CaseSpan>> OpenBetweenAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<CaseSpan>>([]);

        public Task<IReadOnlyList<AppealRepeat>> RepeatsBetweenAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<AppealRepeat>>([]);
    }
}
