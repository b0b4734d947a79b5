using CityPerception.Storage.DeadLetters;

namespace CityPerception.Storage.Tests.DeadLetters;

/// <summary>Bounded by size and age, and never silently.</summary>
public sealed class DeadLetterLimitsTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Start = LetterRig.Start;
    private readonly LetterRig _rig = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Append_MoreThanFits_RemovesTheOldestCountsAndNamesThem()
    {
        _rig.Options.MaxBytes = 64 * 1024;
        await using DeadLetterLog letters = _rig.Open();
        for (int i = 0; i < 500; i++) await letters.AppendDurablyAsync(LetterRig.Letter("s", Start.AddSeconds(i)));
        letters.Limits.Trim(); // waits for what goes on beside

        IReadOnlyList<DeadLetter> left = await letters.InStateAsync(null);
        int removed = (int)_rig.Count("removed open");
        Assert.Equal(500, left.Count + removed);
        Assert.Equal(500, _rig.Count("written"));
        Assert.InRange(letters.Bytes, 50 * 1024, 68 * 1024);
        Assert.Equal(Enumerable.Range(removed, 500 - removed), left.Select(l => (int)(l.Time - Start).TotalSeconds));
        Assert.Contains(_rig.Log.Warnings, l => l.Contains("oldest dead letters that nobody had replayed, of s ", StringComparison.Ordinal) && l.Contains("from 2026-03-01 08:00:00Z", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Append_FromFourFifthsOn_WarnsOnceBeforeAnythingIsRemoved()
    {
        _rig.Options.MaxBytes = 64 * 1024;
        await using DeadLetterLog letters = _rig.Open();
        while (letters.Bytes <= 0.8 * _rig.Options.MaxBytes)
        {
            Assert.False(letters.Limits.IsFilling);
            Assert.Empty(_rig.Log.Warnings);
            await letters.AppendDurablyAsync(LetterRig.Letter("s"));
        }

        Assert.True(letters.Limits.IsFilling);
        for (int i = 0; i < 3; i++) await letters.AppendDurablyAsync(LetterRig.Letter("s"));
        string warning = Assert.Single(_rig.Log.Warnings);
        Assert.Contains("of 65536 bytes; at the limit the oldest are removed", warning, StringComparison.Ordinal);
        Assert.Equal(0, _rig.Count("removed open"));
    }

    [Fact]
    public async Task Trim_TooOld_RemovesThoseOnly()
    {
        await using DeadLetterLog letters = _rig.Open();
        for (int day = 0; day < 100; day++) await letters.AppendDurablyAsync(LetterRig.Letter("s", Start.AddDays(day)));
        _rig.Clock.SetUtcNow(Start.AddDays(99));
        Assert.Equal(9, letters.Limits.Trim());
        Assert.Equal(0, letters.Limits.Trim());
        Assert.Equal(91, (await letters.InStateAsync(null)).Count);
    }

    [Fact]
    public async Task Trim_ClockThatJumpsAYearAhead_RemovesNothing()
    {
        var clock = new SettableClock();
        await using DeadLetterLog letters = _rig.Open(clock: clock);
        for (int day = 0; day < 10; day++) await letters.AppendDurablyAsync(LetterRig.Letter("s", Start.AddDays(day)));
        clock.SetAheadBy(TimeSpan.FromDays(365));
        Assert.Equal(0, letters.Limits.Trim());
        clock.Advance(TimeSpan.FromDays(94));
        Assert.Equal(4, letters.Limits.Trim());
    }

    /// <summary>Somebody sets it; the time that passes goes on as it was.</summary>
    private sealed class SettableClock() : Microsoft.Extensions.Time.Testing.FakeTimeProvider(LetterRig.Start)
    {
        private TimeSpan _ahead;

        public void SetAheadBy(TimeSpan time) => _ahead = time;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _ahead;

        public override long GetTimestamp() => base.GetUtcNow().Ticks;
    }

    [Fact]
    public async Task Trim_ReplayedAndOpen_AreToldApart()
    {
        DeadLetter[] old = [.. Enumerable.Range(0, 10).Select(i => LetterRig.Letter(i < 6 ? "air" : "noise", Start.AddMinutes(i)))];
        DeadLetter refusedAgain = LetterRig.Line("noise leq=\"a\" 1", Start);
        await using DeadLetterLog letters = _rig.Open();
        await letters.AppendDurablyAsync(refusedAgain);
        foreach (DeadLetter letter in old) await letters.AppendDurablyAsync(letter);
        _rig.Clock.SetUtcNow(Start.AddDays(89));
        await letters.AppendDurablyAsync(LetterRig.Line("noise leq=\"a\" 1", _rig.Clock.GetUtcNow()));
        await letters.MarkDurablyAsync(old[0], old[1], old[7]); // the marks are young and stay
        _rig.Clock.SetUtcNow(Start.AddDays(91));

        Assert.Equal(11, letters.Limits.Trim());
        Assert.Equal((7, 4), (_rig.Count("removed open"), _rig.Count("removed replayed")));
        Assert.Contains(_rig.Log.Warnings, l => l.Contains("7 oldest dead letters that nobody had replayed, of air 4, noise 3, from 2026-03-01 08:02:00Z to 2026-03-01 08:09:00Z", StringComparison.Ordinal));
        Assert.Contains(_rig.Log.All, l => l.Contains("Removed 4 old dead letters that had been replayed", StringComparison.Ordinal));
        Assert.Equal(refusedAgain.Id, Assert.Single(await letters.InStateAsync(null)).Id);
    }

    [Fact]
    public async Task WarnOfAge_OpenLettersNearTheirEnd_SaysWhichAndUntilWhen()
    {
        DeadLetter[] old = [LetterRig.Letter("air", Start), LetterRig.Letter("air", Start.AddHours(1)), LetterRig.Letter("noise", Start.AddHours(2))];
        await using DeadLetterLog letters = _rig.Open();
        foreach (DeadLetter letter in old) await letters.AppendDurablyAsync(letter);
        await letters.AppendDurablyAsync(LetterRig.Letter("air", Start.AddDays(70)));
        _rig.Clock.SetUtcNow(Start.AddDays(71));
        letters.Limits.WarnOfAge();
        Assert.Equal(0, letters.Limits.Ageing);

        _rig.Clock.SetUtcNow(Start.AddDays(73)); // four fifths of ninety days are 72
        letters.Limits.WarnOfAge();
        Assert.Equal(3, letters.Limits.Ageing);
        Assert.Contains("3 dead letters that nobody has replayed, of air 2, noise 1, from 2026-03-01 08:00:00Z to 2026-03-01 10:00:00Z", Assert.Single(_rig.Log.Warnings), StringComparison.Ordinal);
        Assert.Contains("the first is removed at 2026-05-30 08:00:00Z", Assert.Single(_rig.Log.Warnings), StringComparison.Ordinal);

        await letters.MarkDurablyAsync(old);
        letters.Limits.WarnOfAge();
        Assert.Equal(0, letters.Limits.Ageing);
        Assert.Single(_rig.Log.Warnings);
    }
}
