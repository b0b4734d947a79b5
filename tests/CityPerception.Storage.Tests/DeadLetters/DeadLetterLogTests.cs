using CityPerception.Core.Observations;
using CityPerception.Storage.DeadLetters;
using CityPerception.Storage.Spooling;
using CityPerception.Storage.Tests.Spooling;

namespace CityPerception.Storage.Tests.DeadLetters;

public sealed class DeadLetterLogTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Start = LetterRig.Start;
    private readonly LetterRig _rig = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Append_ThenReopen_KeepsEverythingOfALetter()
    {
        DeadLetter letter = DeadLetter.Create(
            DeadLetterKind.Message, "air-station", "mqtt", "city/空气/1", Start.AddTicks(1_234_567),
            [new Rejection(RejectionReason.OutOfRange, 3, "$.data.pm25", "−5; 0 to 10,000"), new Rejection(RejectionReason.TimeInvalid, 4, "$.ts", "\"yesterday\"")],
            new byte[] { 0, 0xFF, (byte)'{', 10 }) with
        { Properties = new Dictionary<string, string> { ["site"] = "\u001b[31m甲" }, Retained = true };
        await using (DeadLetterLog letters = Open()) await AppendAsync(letters, letter);

        await using DeadLetterLog reopened = Open();
        DeadLetter read = Assert.Single((await reopened.ReadAsync(new DeadLetterFilter(), Ct)).Letters);
        Assert.Equal(letter.Payload.ToArray(), read.Payload.ToArray());
        Assert.Equal(letter.Rejections, read.Rejections);
        Assert.Equal(letter.Properties, read.Properties);
        Assert.Equal("\u001b[31m甲", read.Properties?["SITE"]); // names are compared without regard to case
        Assert.Equal(letter with { Payload = default, Rejections = default, Properties = null }, read with { Payload = default, Rejections = default, Properties = null, Address = 0 });
        Assert.Equal(letter.Id, (await reopened.FindAsync(letter.Id, Ct))?.Id);
        Assert.Null(await reopened.FindAsync(Guid.CreateVersion7(), Ct));
    }

    [Fact]
    public void Create_MoreRejectionsThanKept_CountsThemAll()
    {
        DeadLetter letter = DeadLetter.Create(
            DeadLetterKind.Message, "s", "http", null, Start,
            [.. Enumerable.Range(0, 1000).Select(i => new Rejection(RejectionReason.ValueMissing, i, "$", ""))], default);
        Assert.Equal((100, 1000), (letter.Rejections.Length, letter.RejectionCount));
        Assert.Equal(7, letter.Id.Version);
    }

    [Fact]
    public async Task Append_PayloadLargerThanAPage_IsReadWhole()
    {
        byte[] payload = new byte[5 * Spools.PageBytes + 17];
        Random.Shared.NextBytes(payload);
        await using DeadLetterLog letters = Open();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => AppendAsync(letters, Letter($"s{i}", payload: payload)).AsTask()));

        foreach (bool newestFirst in (bool[])[true, false])
        {
            DeadLetterPage page = await letters.ReadAsync(new DeadLetterFilter { NewestFirst = newestFirst }, Ct);
            Assert.Equal(["s0", "s1", "s2", "s3"], page.Letters.Select(l => l.Source).Order());
            Assert.All(page.Letters, l => Assert.Equal(payload, l.Payload.ToArray()));
        }
    }

    [Fact]
    public async Task Read_Filter_PicksBySourceReasonTimeAndLimit()
    {
        await using DeadLetterLog letters = Open();
        for (int i = 0; i < 60; i++)
            await AppendAsync(letters, Letter(i % 2 == 0 ? "even" : "odd", Start.AddMinutes(i), i % 3 == 0 ? RejectionReason.LookupMissing : RejectionReason.OutOfRange));

        Assert.Equal(30, await CountAsync(new DeadLetterFilter { Source = "odd" }));
        Assert.Equal(20, await CountAsync(new DeadLetterFilter { Reason = RejectionReason.LookupMissing }));
        Assert.Equal(10, await CountAsync(new DeadLetterFilter { Since = Start.AddMinutes(5), Until = Start.AddMinutes(15) }));
        Assert.Equal(5, await CountAsync(new DeadLetterFilter { Source = "even", Since = Start.AddMinutes(5), Until = Start.AddMinutes(15) }));

        DeadLetterPage newest = await letters.ReadAsync(new DeadLetterFilter { Limit = 3 }, Ct);
        Assert.Equal([59, 58, 57], newest.Letters.Select(l => (int)(l.Time - Start).TotalMinutes));
        DeadLetterPage oldest = await letters.ReadAsync(new DeadLetterFilter { Limit = 3, NewestFirst = false }, Ct);
        Assert.Equal([0, 1, 2], oldest.Letters.Select(l => (int)(l.Time - Start).TotalMinutes));

        async Task<int> CountAsync(DeadLetterFilter filter) => (await letters.ReadAsync(filter, Ct)).Letters.Count;
    }

    [Fact]
    public async Task Read_WhileAnotherHasTheLogOpen_SeesWhatIsDurable()
    {
        await using DeadLetterLog letters = Open();
        var other = new DeadLetterReader(_rig.Directory, keys: null);
        Assert.Empty(other.Read(new DeadLetterFilter(), Ct).Letters);
        for (int i = 1; i <= 100; i++)
        {
            await AppendAsync(letters, Letter("s", Start.AddSeconds(i)));
            DeadLetterPage page = other.Read(new DeadLetterFilter { Limit = 1000 }, Ct);
            Assert.Equal(i, page.Letters.Count);
            Assert.Equal(0, page.Unreadable);
        }
    }

    [Fact]
    public void Read_NoSuchDirectory_IsEmpty() =>
        Assert.Empty(new DeadLetterReader(Path.Combine(_rig.Directory, "none"), keys: null).Read(new DeadLetterFilter(), Ct).Letters);

    [Fact]
    public async Task Read_DamagedLetter_IsCountedAndTheOthersRead()
    {
        await using (DeadLetterLog letters = Open())
        {
            for (int i = 0; i < 50; i++) await AppendAsync(letters, Letter($"source{i:00}"));
        }

        string segment = SegmentFiles.PathOf(_rig.Directory, 0);
        byte[] bytes = await File.ReadAllBytesAsync(segment, Ct);
        bytes[bytes.AsSpan().IndexOf("source07"u8)] ^= 1;
        await File.WriteAllBytesAsync(segment, bytes, Ct);

        DeadLetterPage page = new DeadLetterReader(_rig.Directory, keys: null).Read(new DeadLetterFilter(), Ct);
        Assert.Equal((49, 1), (page.Letters.Count, page.Unreadable));
    }

    [Fact]
    public async Task Append_AfterTheDiskFailed_WorksAgainWithTheDisk()
    {
        var faults = new DiskFaults();
        await using DeadLetterLog letters = Open(faults);
        await AppendAsync(letters, Letter("before"));
        faults.FailFlushes = true;
        await Assert.ThrowsAsync<SpoolFailedException>(() => AppendAsync(letters, Letter("lost")).AsTask());
        faults.FailFlushes = false;
        await AppendAsync(letters, Letter("after"));

        List<string> sources = [.. (await letters.ReadAsync(new DeadLetterFilter { NewestFirst = false }, Ct)).Letters.Select(l => l.Source)];
        Assert.Equal(["before", "after"], sources.Where(s => s != "lost"));
    }

    [Fact]
    public void Kinds_AreTheNumbersOnDisk() =>
        Assert.Equal([(DeadLetterKind.Message, 1), (DeadLetterKind.Line, 2), (DeadLetterKind.SpoolRecord, 3)], Enum.GetValues<DeadLetterKind>().Select(k => (k, (int)k)));

    private DeadLetterLog Open(DiskFaults? faults = null) => _rig.Open(faults);

    private static DeadLetter Letter(string source, DateTimeOffset? time = null, RejectionReason reason = RejectionReason.OutOfRange, byte[]? payload = null) =>
        LetterRig.Letter(source, time, reason, payload);

    private static ValueTask AppendAsync(DeadLetterLog letters, DeadLetter letter) => letters.AppendDurablyAsync(letter);
}
