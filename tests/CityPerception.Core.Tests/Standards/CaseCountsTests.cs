using CityPerception.Core.Standards;
using CityPerception.Core.Standards.Partials;
using CsCheck;

namespace CityPerception.Core.Tests.Standards;

public class CaseCountsTests
{
    // A bulletin of the city of Tianmen: of 972 cases to be closed 911 were, 737 of them in time: 93.72 % and 75.82 %.
    [Fact]
    public void Rates_OfABulletin_AreItsPercentages()
    {
        var month = new CaseCounts { Closed = 911, ClosedOnTime = 737, Overdue = 972 - 737 };
        Assert.Equal(972, month.NeedClose);
        Assert.Equal(93.72, 100 * month.CloseRate.Value!.Value, 0.005);
        Assert.Equal(75.82, 100 * month.OnTimeCloseRate.Value!.Value, 0.005);
    }

    [Fact]
    public void Rates_OfALifeInEvents_CountEachOnce()
    {
        CaseCounts counts = Partial.CombineAll(
        [
            CaseCounts.Of(CaseState.Reported), CaseCounts.Of(CaseState.Reported), CaseCounts.Of(CaseState.Verified), CaseCounts.Of(CaseState.Filed),
            CaseCounts.Of(CaseState.Dispatched), CaseCounts.Of(CaseState.Signed), CaseCounts.Of(CaseState.Disposed, onTime: true), CaseCounts.Of(CaseState.Rework),
            CaseCounts.Of(CaseState.Overdue), CaseCounts.Of(CaseState.Disposed), CaseCounts.Of(CaseState.Closed),
        ]);
        Assert.Equal(0.5, counts.FilingRate.Value);
        Assert.Equal(1, counts.CloseRate.Value);
        Assert.Equal(0, counts.OnTimeCloseRate.Value);
        Assert.Equal(0.5, counts.ReworkRate.Value);
        Assert.Equal(0, counts.ReturnRate.Value);
    }

    [Fact]
    public void CloseRate_BacklogCleared_IsMoreThanOne() => Assert.Equal(2, new CaseCounts { Closed = 2, Overdue = 1 }.CloseRate.Value);

    [Fact]
    public void Rates_NothingToClose_AreNone()
    {
        Assert.Null(CaseCounts.Empty.CloseRate.Value);
        Assert.Null(CaseCounts.Empty.UnitIndex());
    }

    [Fact]
    public void UnitIndex_OfADepartment_IsWeighted()
    {
        var unit = new CaseCounts { Disposed = 10, DisposedOnTime = 8, NeedDispose = 10, Rework = 1, Closed = 9, ClosedOnTime = 8, Overdue = 2 };
        Assert.Equal((60 * 0.8) + (30 * 0.9) + (10 * 0.9), unit.UnitIndex()!.Value, 1e-9);
    }

    // Days add up to the month, whatever the cases that straddle them.
    [Fact]
    public void Combine_AnyEventsSplitIntoWindows_IsTheSameMonth() =>
        Gen.Select(Gen.Enum<CaseState>(), Gen.Bool, Gen.Int[0, 30]).Array[0, 60].Sample(events =>
        {
            CaseCounts month = Partial.CombineAll(events.Select(e => CaseCounts.Of(e.Item1, e.Item2)));
            CaseCounts byDay = Partial.CombineAll(events.GroupBy(e => e.Item3).Select(day => Partial.CombineAll(day.Select(e => CaseCounts.Of(e.Item1, e.Item2)))));
            Assert.Equal(month, byDay);
            Assert.True(month.OnTimeCloseRate.Value is null or (>= 0 and <= 1));
        });
}
