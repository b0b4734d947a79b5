using System.Text;
using System.Text.Json;
using CityPerception.Core.Cases;
using CityPerception.TestKit;

namespace CityPerception.Core.Tests.CaseFolds;

/// <summary>What a case is does not depend on how its points come.</summary>
public sealed class CaseFoldPropertyTests
{
    private const int Histories = 10_000;

    [Fact]
    public void Fold_RandomHistoriesShuffledRepeatedAndCorrected_IsThatOfTheHistoryInOrder()
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        int closed = 0, missed = 0, reworked = 0;
        for (int i = 0; i < Histories; i++)
        {
            var random = new Random(seed + i);
            List<string> history = CaseHistories.Make(random, $"C{i}");
            CaseEvents inOrder = Gather([[.. history]]), asTheyCame = Gather(CaseHistories.Deliver(random, history));
            Assert.Equal(Encoding.UTF8.GetString(inOrder.ToBytes()), Encoding.UTF8.GetString(asTheyCame.ToBytes()));
            CaseState? state = CaseState.Fold(inOrder, CaseHistories.Terms);
            Assert.Equal(JsonSerializer.Serialize(state), JsonSerializer.Serialize(CaseState.Fold(CaseEvents.FromBytes(asTheyCame.ToBytes()), CaseHistories.Terms)));
            if (state is null) continue;
            closed += state.State == "closed" ? 1 : 0;
            missed += state.Misses ? 1 : 0;
            reworked += state.Reworks > 0 ? 1 : 0;
            AssertCorrectionsSettle(inOrder, state);
        }

        // Histories in which nothing happens would prove nothing.
        Assert.All([closed, missed, reworked], n => Assert.InRange(n, Histories / 50, Histories));
    }

    [Fact]
    public void Fold_MorePointsThanAreKeptInAnyOrder_IsTheSameAndSaysSo()
    {
        var random = new Random(7);
        string[] history = [.. Enumerable.Range(0, CaseEvents.Most * 2).Select(i => $"case_event,district=140403,source=s,state={(i % 2 == 0 ? "rework" : "disposed")} case_id=\"C\" {i * 1_000_000L}")];
        CaseEvents inOrder = Gather([history]), asTheyCame = Gather(CaseHistories.Deliver(random, history));
        Assert.Equal(Encoding.UTF8.GetString(inOrder.ToBytes()), Encoding.UTF8.GetString(asTheyCame.ToBytes()));
        Assert.True(inOrder.IsCut);
        Assert.Equal(CaseEvents.Most, inOrder.Points.Count);
        Assert.Equal(0, CaseState.Fold(inOrder, CaseHistories.Terms)!.BegunMs);
    }

    // What the clock of cases writes makes the books right: nothing is left to be written, and at most one point of each measurement counts.
    private static void AssertCorrectionsSettle(CaseEvents events, CaseState state)
    {
        foreach (OverduePoint correction in state.Corrections) events.Add(correction.Point);
        CaseState settled = CaseState.Fold(events, CaseHistories.Terms)!;
        Assert.Empty(settled.Corrections);
        if (settled.DeadlineMs is not { } deadline) return;
        int[] counted = [.. events.Points.Where(e => e.State == "overdue" && e.Void != true).GroupBy(e => e.Measurement).Select(g => g.Count())];
        Assert.All(counted, n => Assert.Equal(1, n));
        Assert.Equal(settled.Misses, counted.Length > 0);
        Assert.All(events.Points.Where(e => e.State == "overdue" && e.Void != true), e => Assert.Equal(deadline, e.TimeMs));
    }

    private static CaseEvents Gather(IEnumerable<string[]> batches)
    {
        var events = new CaseEvents();
        foreach (string[] batch in batches)
        {
            foreach ((_, CaseEvent point) in CaseReader.Read(Lines.Of(batch), CaseHistories.Terms)) events.Add(point);
        }

        return events;
    }
}
