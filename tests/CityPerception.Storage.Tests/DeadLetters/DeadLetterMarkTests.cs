using CityPerception.Core.Observations;
using CityPerception.Storage.DeadLetters;

namespace CityPerception.Storage.Tests.DeadLetters;

/// <summary>What replays leave behind: the state of each letter, whichever way and after whatever one looks.</summary>
public sealed class DeadLetterMarkTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Start = LetterRig.Start;
    private readonly LetterRig _rig = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task MarkReplayed_SomeOfMany_LeavesTheOthersOpenAlsoAfterReopening()
    {
        DeadLetter[] all = [.. Enumerable.Range(0, 500).Select(i => LetterRig.Letter($"s{i}", Start.AddSeconds(i)))];
        await using (DeadLetterLog letters = _rig.Open())
        {
            foreach (DeadLetter letter in all[..^1]) await letters.AppendAsync(letter, Ct);
            await letters.AppendDurablyAsync(all[^1]);
            _rig.Clock.Advance(TimeSpan.FromHours(2));
            await letters.MarkDurablyAsync([.. all.Where((_, i) => i % 3 == 0)]);
            Assert.Equal(167, _rig.Count("replayed"));
        }

        await using DeadLetterLog reopened = _rig.Open();
        Assert.Equal(all.Where((_, i) => i % 3 != 0).Select(l => l.Id), (await reopened.InStateAsync(DeadLetterState.Open)).Select(l => l.Id));
        IReadOnlyList<DeadLetter> replayed = await reopened.InStateAsync(DeadLetterState.Replayed);
        Assert.Equal(all.Where((_, i) => i % 3 == 0).Select(l => l.Id), replayed.Select(l => l.Id));
        Assert.All(replayed, l => Assert.Equal((Start.AddHours(2), 1), (l.Mark!.Time, l.Mark.Observations)));
        Assert.Equal(all.Select(l => l.Id), (await reopened.InStateAsync(null)).Select(l => l.Id));
        Assert.Equal(DeadLetterState.Replayed, (await reopened.FindAsync(all[3].Id, Ct))!.State);
    }

    [Fact]
    public async Task MarkDiscarded_IsOpenNoMoreAndSaysWhyAlsoAfterReopening()
    {
        DeadLetter letter = LetterRig.Letter("s"), other = LetterRig.Letter("other");
        await using (DeadLetterLog letters = _rig.Open())
        {
            await letters.AppendDurablyAsync(letter);
            await letters.AppendDurablyAsync(other);
            await letters.WaitDurableAsync(await letters.MarkDiscardedAsync((await letters.FindAsync(letter.Id, Ct))!, "a test of the vendor 厂家测试", Ct), Ct);
        }

        await using DeadLetterLog reopened = _rig.Open();
        Assert.Equal(other.Id, Assert.Single(await reopened.InStateAsync(DeadLetterState.Open)).Id);
        DeadLetter discarded = Assert.Single(await reopened.InStateAsync(DeadLetterState.Discarded));
        Assert.Equal((letter.Id, "a test of the vendor 厂家测试", letter.Reason), (discarded.Id, discarded.Mark!.Note, discarded.Reason));
        await reopened.MarkDurablyAsync(discarded); // whoever replays it all the same
        Assert.Equal(letter.Id, Assert.Single(await reopened.InStateAsync(DeadLetterState.Replayed)).Id);
    }

    [Fact]
    public async Task MarkRejected_WithAnotherReason_IsOpenWithTheReasonOfNowAndTheFirst()
    {
        DeadLetter letter = LetterRig.Letter("s", reason: RejectionReason.TypeMismatch);
        await using DeadLetterLog letters = _rig.Open();
        await letters.AppendDurablyAsync(letter);
        Rejection[] now = [new(RejectionReason.OutOfRange, 2, "$.data.pm10", "found 99999"), new(RejectionReason.LookupMissing, 4, "$.id", "no such key")];
        await letters.RejectDurablyAsync(letter, 7, now);

        DeadLetter read = Assert.Single(await letters.InStateAsync(DeadLetterState.Open));
        Assert.Equal(now, read.CurrentRejections);
        Assert.Equal((7, RejectionReason.OutOfRange), (read.CurrentRejectionCount, read.Reason));
        Assert.Equal(RejectionReason.TypeMismatch, Assert.Single(read.Rejections).Reason);

        Assert.Single((await letters.ReadAsync(new DeadLetterFilter { Reason = RejectionReason.LookupMissing }, Ct)).Letters);
        Assert.Empty((await letters.ReadAsync(new DeadLetterFilter { Reason = RejectionReason.TypeMismatch }, Ct)).Letters);
        Assert.Single((await letters.ReadAsync(new DeadLetterFilter { Text = "FOUND 9" }, Ct)).Letters);
        Assert.Empty((await letters.ReadAsync(new DeadLetterFilter { Text = "detail" }, Ct)).Letters);
    }

    [Fact]
    public async Task Mark_SeveralForOneLetter_TheLastDecides()
    {
        DeadLetter letter = LetterRig.Letter("s");
        await using DeadLetterLog letters = _rig.Open();
        await letters.AppendDurablyAsync(letter);
        await letters.MarkDurablyAsync(letter);
        await letters.RejectDurablyAsync(letter, 1, new Rejection(RejectionReason.TimeInvalid, 0, "$.ts", ""));
        Assert.Equal(RejectionReason.TimeInvalid, Assert.Single(await letters.InStateAsync(DeadLetterState.Open)).Reason);

        await letters.MarkDurablyAsync(letter);
        Assert.Empty(await letters.InStateAsync(DeadLetterState.Open));
        Assert.Equal(RejectionReason.OutOfRange, Assert.Single(await letters.InStateAsync(DeadLetterState.Replayed)).Reason);
    }

    [Fact]
    public async Task MarkRejected_MoreWordsThanFitARecord_KeepsTheFirst()
    {
        DeadLetter letter = LetterRig.Letter("s");
        await using DeadLetterLog letters = _rig.Open();
        await letters.AppendDurablyAsync(letter);
        await letters.RejectDurablyAsync(letter, 100, [.. Enumerable.Range(0, 100).Select(i => new Rejection(RejectionReason.TagUnknown, i, "$", new string('x', 5000)))]);

        DeadLetter read = Assert.Single(await letters.InStateAsync(DeadLetterState.Open));
        Assert.Equal((100, 1, RejectionReason.TagUnknown), (read.CurrentRejectionCount, read.CurrentRejections.Length, read.Reason));
    }

    [Fact]
    public async Task Append_ALineThatWasRefusedBefore_IsTheSameLetterWithTheReasonOfNow()
    {
        DeadLetter first = LetterRig.Line("noise leq=\"a\" 1", Start, "conflict"), other = LetterRig.Line("noise leq=\"b\" 1", Start);
        await using DeadLetterLog letters = _rig.Open();
        await letters.AppendDurablyAsync(first);
        await letters.AppendDurablyAsync(other);
        await letters.MarkDurablyAsync(first, other);
        Assert.Equal(2, (await letters.InStateAsync(DeadLetterState.Replayed)).Count);

        DeadLetter again = LetterRig.Line("noise leq=\"a\" 1", Start.AddHours(1), "still a conflict");
        Assert.Equal(first.Id, again.Id);
        for (int i = 0; i < 40; i++) await letters.AppendDurablyAsync(LetterRig.Letter("between")); // other pages
        await letters.AppendDurablyAsync(again);

        DeadLetter open = Assert.Single(await letters.InStateAsync(DeadLetterState.Open), l => l.Source.Length == 0);
        Assert.Equal(("still a conflict", Start.AddHours(1)), (open.Rejections[0].Detail, open.Time));
        Assert.Equal(other.Id, Assert.Single(await letters.InStateAsync(DeadLetterState.Replayed)).Id);
        Assert.Equal(42, (await letters.InStateAsync(null)).Count);
        Assert.Equal("still a conflict", (await letters.FindAsync(first.Id, Ct))?.Rejections[0].Detail);

        await letters.MarkDurablyAsync(again);
        Assert.DoesNotContain(await letters.InStateAsync(DeadLetterState.Open), l => l.Source.Length == 0);
    }

    [Fact]
    public async Task MarkReplayed_LineThatWasRefusedAgainBeforeItsMark_IsOpen()
    {
        DeadLetter first = LetterRig.Line("noise leq=\"a\" 1", Start), again = LetterRig.Line("noise leq=\"a\" 1", Start.AddSeconds(1), "again");
        await using DeadLetterLog letters = _rig.Open();
        await letters.AppendDurablyAsync(first);
        DeadLetter read = (await letters.FindAsync(first.Id, Ct))!;
        await letters.AppendDurablyAsync(again); // the store is faster than the replay
        await letters.WaitDurableAsync(await letters.MarkReplayedAsync([new ReplayedLetter(read.Id, read.Address, 1)], Ct), Ct);

        Assert.Equal("again", Assert.Single(await letters.InStateAsync(DeadLetterState.Open)).Rejections[0].Detail);
        Assert.Empty(await letters.InStateAsync(DeadLetterState.Replayed));
        _rig.Clock.SetUtcNow(Start.AddDays(91));
        letters.Limits.Trim();
        Assert.Equal((1, 1), (_rig.Count("removed open"), _rig.Count("removed replayed")));
    }

    [Fact]
    public async Task Read_PageAfterPage_ShowsEachOnceThoughLettersCome()
    {
        await using DeadLetterLog letters = _rig.Open();
        for (int i = 0; i < 100; i++) await letters.AppendDurablyAsync(LetterRig.Letter($"s{i}", Start.AddSeconds(i)));

        List<string> seen = [];
        for (long? before = null; ;)
        {
            DeadLetterPage page = await letters.ReadAsync(new DeadLetterFilter { Limit = 7, Before = before }, Ct);
            if (page.Letters.Count == 0) break;
            seen.AddRange(page.Letters.Select(l => l.Source));
            before = page.Letters[^1].Address;
            await letters.AppendDurablyAsync(LetterRig.Letter("later"));
        }

        Assert.Equal(Enumerable.Range(0, 100).Reverse().Select(i => $"s{i}"), seen);
    }

    [Fact]
    public async Task Walk_WhileLettersCome_EndsWhereTheLogEnded()
    {
        await using DeadLetterLog letters = _rig.Open();
        for (int i = 0; i < 100; i++) await letters.AppendDurablyAsync(LetterRig.Letter("s"));
        DeadLetterWalk walk = letters.Walk(new DeadLetterFilter { NewestFirst = false, Limit = int.MaxValue }, Ct);
        int seen = 0;
        foreach (DeadLetter _ in walk)
        {
            seen++;
            await letters.AppendDurablyAsync(LetterRig.Letter("later"));
        }

        Assert.InRange(seen, 100, 120); // to the end of the last page as it was
        Assert.Equal(1, walk.Done);
    }

    [Fact]
    public async Task MarkReplayed_LogAtItsLimit_IsTakenAllTheSame()
    {
        _rig.Options.MaxBytes = 8 * 1024;
        DeadLetter letter = LetterRig.Letter("s");
        await using DeadLetterLog letters = _rig.Open();
        for (int i = 0; i < 100; i++) await letters.AppendDurablyAsync(letter = LetterRig.Letter("s", payload: new byte[500]));
        await letters.MarkDurablyAsync(letter);
        Assert.Equal(letter.Id, Assert.Single(await letters.InStateAsync(DeadLetterState.Replayed)).Id);
    }

    [Fact]
    public void Records_OfTheLog_HaveTheirNumbersOnDisk() => Assert.Equal(
        [("Lines", 1), ("DeadLetter", 2), ("LettersReplayed", 3), ("LetterRejected", 4), ("LetterDiscarded", 5)],
        Enum.GetValues<Storage.Spooling.RecordKind>().Select(k => (k.ToString(), (int)k)));
}
