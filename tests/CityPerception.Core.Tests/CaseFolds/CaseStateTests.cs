using CityPerception.Core.Cases;
using CityPerception.Core.LineProtocol;
using CityPerception.TestKit;

namespace CityPerception.Core.Tests.CaseFolds;

/// <summary>What the points of a case mean.</summary>
public sealed class CaseStateTests
{
    [Fact]
    public void Fold_StatesOfOneSecond_TheOneFurtherInTheLifeCounts()
    {
        CaseState state = Fold(Event("closed", "2026-03-02T10:00:00Z"), Event("disposed", "2026-03-02T10:00:00Z"), Event("reported", "2026-03-02T10:00:00.500Z"));
        Assert.Equal("closed", state.State);
        Assert.False(state.IsOpen);
    }

    [Fact]
    public void Fold_OneChangeToldOfByTwoMeasurementsAndTwoDistricts_CountsOnce()
    {
        CaseState state = Fold(
            Event("rework", "2026-03-02T10:00:00Z"), Event("rework", "2026-03-02T10:00:00Z", measurement: "incident", grid: "140403001002007"),
            Event("rework", "2026-03-02T10:00:00Z", district: "140404"), Event("rework", "2026-03-03T10:00:00Z"));
        Assert.Equal((2, "140403001002007"), (state.Reworks, state.Grid));
    }

    [Fact]
    public void Fold_TraitsThatLaterEventsDoNotKnow_StayThoseThatAreKnown()
    {
        CaseState state = Fold(
            Event("dispatched", "2026-03-02T10:00:00Z", dept: "transport", category: "event.advert"), Event("closed", "2026-03-03T10:00:00Z", district: "140400", dept: "other"));
        Assert.Equal(("140403", "transport", "event.advert"), (state.District, state.Dept, state.Category));
    }

    [Fact]
    public void Fold_ReworkAfterClosing_OpensItAgain()
    {
        CaseState state = Fold(Event("closed", "2026-03-02T10:00:00Z"), Event("rework", "2026-03-03T10:00:00Z"));
        Assert.Equal(("rework", true, null), (state.State, state.IsOpen, state.EndedMs));
    }

    [Fact]
    public void Fold_AskedAfterClosing_StaysClosed() =>
        Assert.Equal("closed", Fold(Event("closed", "2026-03-02T10:00:00Z"), Event("visited", "2026-03-04T10:00:00Z")).State);

    [Fact]
    public void Fold_EnforcementAndItsCopy_AreOneCaseInTheWordsOfCases()
    {
        CaseState state = Fold(Event("executed", "2026-03-02T10:00:00Z", measurement: "enforcement"), Event("closed", "2026-03-02T10:00:00Z"));
        Assert.Equal("closed", state.State);
        Assert.Equal(Ms("2026-03-02T10:00:00Z"), state.EndedMs);
    }

    [Fact]
    public void Fold_DeadlineThatASystemSent_IsTheLastOneSent()
    {
        CaseState state = Fold(Event("accepted", "2026-03-02T10:00:00Z", deadline: 1_772_500_000), Event("dispatched", "2026-03-02T11:00:00Z", deadline: 1_772_600_000), Event("signed", "2026-03-02T12:00:00Z"));
        Assert.Equal((1_772_600_000_000, true), (state.DeadlineMs, state.IsDeadlineSent));
    }

    [Fact]
    public void Fold_NoDeadlineSentOverAHoliday_IsByTheLimitInWorkingDays()
    {
        // Friday the 13th of February 2026; Saturday is worked, the Spring Festival lasts from the 15th to the 23rd.
        CaseState state = Fold(Event("reported", "2026-02-13T02:00:00Z", measurement: "incident", category: "component.traffic"));
        Assert.Equal((Ms("2026-02-24T02:00:00Z"), false), (state.DeadlineMs, state.IsDeadlineSent));
    }

    [Fact]
    public void Fold_NotClosedByItsDeadline_WantsThePointOfTheStateOverdueThereInEachMeasurement()
    {
        CaseState state = Fold(
            Event("reported", "2026-03-02T10:00:00Z", measurement: "incident", deadline: Ms("2026-03-02T12:00:00Z") / 1000), Event("reported", "2026-03-02T10:00:00Z"), Event("closed", "2026-03-02T12:00:01Z"));
        Assert.Equal((true, false), (state.Misses, state.OnTime));
        Assert.Equal(["incident", "case_event"], state.Corrections.Select(c => c.Point.Measurement));
        Assert.All(state.Corrections, c => Assert.Equal((Ms("2026-03-02T12:00:00Z"), false), (c.TimeMs, c.Point.Void)));
        Assert.Equal(Ms("2026-03-02T12:00:00Z"), state.ClockMs);
    }

    [Fact]
    public void Fold_ClosingInTimeThatComesAfterThePoint_TakesItBackOnTheSameSeriesAndTime()
    {
        string opened = Event("reported", "2026-03-02T10:00:00Z", deadline: Ms("2026-03-02T12:00:00Z") / 1000);
        string overdue = Line(Assert.Single(Fold(opened).Corrections));
        Assert.Empty(Fold(opened, overdue).Corrections);

        OverduePoint back = Assert.Single(Fold(opened, overdue, Event("closed", "2026-03-02T11:00:00Z")).Corrections);
        Assert.True(back.Point.Void);
        Assert.Equal(overdue.Replace("void=0i", "void=1i", StringComparison.Ordinal), Line(back));
        CaseState settled = Fold(opened, overdue, Event("closed", "2026-03-02T11:00:00Z"), Line(back));
        Assert.Empty(settled.Corrections);
        Assert.Equal((false, true), (settled.Misses, settled.OnTime));
    }

    [Fact]
    public void Fold_CancelledByItsDeadlineOrSaidToBeOnTime_IsNotOverdue()
    {
        string opened = Event("reported", "2026-03-02T10:00:00Z", deadline: Ms("2026-03-02T12:00:00Z") / 1000);
        Assert.False(Fold(opened, Event("cancelled", "2026-03-02T11:00:00Z")).Misses);
        Assert.False(Fold(opened, Event("closed", "2026-03-02T13:00:00Z", onTime: 1)).Misses); // it had been suspended
        Assert.False(Fold(opened, Event("closed", "2026-03-02T11:00:00Z"), Event("rework", "2026-03-02T13:00:00Z")).Misses); // closed by then
        Assert.True(Fold(opened, Event("closed", "2026-03-02T11:00:00Z"), Event("rework", "2026-03-02T11:30:00Z")).Misses);
    }

    [Fact]
    public void Read_AnotherSystemThatNamesTheOwner_TellsOfTheOwnersCase()
    {
        (CaseKey key, CaseEvent point) = Assert.Single(CaseReader.Read(Lines.Of("case_event,district=140403,source=case-event,state=closed case_id=\"R1\",parent_source=\"open311\" 1"), CaseHistories.Terms));
        Assert.Equal((new CaseKey("open311", "R1"), "case-event"), (key, point.Teller));
        Assert.Equal("grid-incident", CaseReader.Read(Lines.Of("case_event,source=grid-incident,state=closed case_id=\"R1\",parent_source=\"app\" 1"), CaseHistories.Terms)[0].Key.Source);
    }

    [Fact]
    public void Read_LineWithoutACase_BelongsToNone() => Assert.Empty(CaseReader.Read(Lines.Of("case_event,source=s,state=closed note=\"x\" 1"), CaseHistories.Terms));

    [Fact]
    public void History_OverANight_CountsWorkingHoursApart()
    {
        CaseEvents events = Gather(Event("accepted", "2026-03-02T09:00:00Z"), Event("signed", "2026-03-03T01:00:00Z")); // 17:00 to 09:00 in Changzhi
        CaseStage last = CaseHistory.Of(events, CaseHistories.Terms)[^1];
        Assert.Equal(("signed", 16, 2), (last.Step.State, last.Hours, last.WorkingHours));
    }

    private static CaseState Fold(params string[] lines) => CaseState.Fold(Gather(lines), CaseHistories.Terms)!;

    private static CaseEvents Gather(params string[] lines)
    {
        var events = new CaseEvents();
        foreach ((_, CaseEvent point) in CaseReader.Read(Lines.Of(lines), CaseHistories.Terms)) events.Add(point);
        return events;
    }

    private static string Line(OverduePoint point)
    {
        var to = new LineBuffer();
        point.Write(new CaseKey("grid-incident", "C1"), to);
        return System.Text.Encoding.UTF8.GetString(to.Written).TrimEnd('\n');
    }

    private static string Event(
        string state, string at, string measurement = "case_event", string district = "140403", string dept = "", string grid = "", string category = "", long? deadline = null, int? onTime = null)
    {
        List<(string, object)> fields = [("case_id", "C1")];
        if (deadline is { } seconds) fields.Add(("deadline", seconds));
        if (onTime is { } flag) fields.Add(("on_time", (long)flag));
        return Lines.Line(
            measurement, [("category", category), ("dept", dept), ("district", district), ("grid", grid), ("source", "grid-incident"), ("state", state)], [.. fields], Lines.Ns(at));
    }

    private static long Ms(string at) => Lines.Ns(at) / 1_000_000;
}
