using System.Text;
using CityPerception.Storage.Spooling;
using CityPerception.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace CityPerception.Storage.Tests.Spooling;

public sealed class SpoolTests : IDisposable
{
    private readonly TempFolder _directory = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task TryAppend_AcrossPagesAndSegments_IsReadInOrder()
    {
        await using Spool spool = Spools.Open(_directory.Path);
        using SpoolReader reader = spool.OpenReader();
        await spool.AppendAsync(1, 2000);

        Assert.Equal(Spools.Numbers(1, 2000), reader.ReadNumbers());
        Assert.True(Directory.GetFiles(_directory.Path, "*.seg").Length > 3, "the test must cross segments");
    }

    [Fact]
    public async Task TryAppend_ManyThreads_LosesAndRepeatsNothing()
    {
        await using Spool spool = Spools.Open(_directory.Path);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => spool.AppendAsync(1 + i * 1000, 1000))));

        using SpoolReader reader = spool.OpenReader();
        List<long> read = reader.ReadNumbers();
        Assert.Equal(Spools.Numbers(1, 8000), read.Order());
        for (int i = 0; i < 8; i++) // each sender's own order is kept
            Assert.Equal(Spools.Numbers(1 + i * 1000, 1000), read.Where(n => (n - 1) / 1000 == i));
    }

    [Fact]
    public async Task TryAppend_KeepsTimeCountAndBytes()
    {
        await using Spool spool = Spools.Open(_directory.Path);
        byte[] lines = Encoding.UTF8.GetBytes("noise,device=a leq=54.2 1\nnoise,device=b leq=60 2\n");
        Assert.True(spool.TryAppend(lines, 2, 1_700_000_000_123_456_789, out long address));
        await spool.WaitDurableAsync(address, Ct);

        using SpoolReader reader = spool.OpenReader();
        SpoolRecord record = Assert.Single(reader.ReadAll());
        Assert.Equal(lines, record.Lines.ToArray());
        Assert.Equal((2, 1_700_000_000_123_456_789, false), (record.LineCount, record.ReceivedNs, record.IsDamaged));
    }

    [Fact]
    public async Task TryAppend_MoreThanAPage_IsCutAtLineEnds()
    {
        await using Spool spool = Spools.Open(_directory.Path);
        byte[] lines = [.. Spools.Numbers(1, 500).SelectMany(Spools.Line)];
        Assert.True(spool.TryAppend(lines, 500, 7, out long address));
        await spool.WaitDurableAsync(address, Ct);

        using SpoolReader reader = spool.OpenReader();
        List<SpoolRecord> records = reader.ReadAll();
        Assert.Equal(lines, records.SelectMany(r => r.Lines.ToArray()));
        Assert.Equal(500, records.Sum(r => r.LineCount));
        Assert.All(records, r => Assert.Equal((byte)'\n', r.Lines.Span[^1]));
    }

    [Fact]
    public async Task TryAppend_LineAsLongAsAllowed_FitsAndOneMoreByteDoesNot()
    {
        await using Spool spool = Spools.Open(_directory.Path);
        byte[] line = new byte[spool.MaxLineBytes];
        line.AsSpan().Fill((byte)'x');
        line[^1] = (byte)'\n';
        Assert.True(spool.TryAppend(line, 1, 1, out long address));
        await spool.WaitDurableAsync(address, Ct);

        using SpoolReader reader = spool.OpenReader();
        Assert.Equal(line, Assert.Single(reader.ReadAll()).Lines.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => spool.TryAppend([(byte)'x', .. line], 1, 1, out _));
    }

    [Fact]
    public async Task Open_AfterClose_FindsEverythingAndGoesOn()
    {
        for (int round = 0; round < 5; round++)
        {
            await using Spool spool = Spools.Open(_directory.Path);
            using SpoolReader before = spool.OpenReader();
            Assert.Equal(Spools.Numbers(1, round * 300), before.ReadNumbers());
            await spool.AppendAsync(1 + round * 300, 300);
            Assert.Equal(Spools.Numbers(1 + round * 300, 300), before.ReadNumbers());
        }
    }

    [Fact]
    public async Task Open_NothingEverAppended_IsEmptyAgainAndAgain()
    {
        for (int round = 0; round < 3; round++)
        {
            await using Spool spool = Spools.Open(_directory.Path);
            using SpoolReader reader = spool.OpenReader();
            Assert.False(reader.TryRead(out _));
            Assert.Equal(0, spool.Bytes);
        }
    }

    [Fact]
    public async Task Truncate_ThenReopen_ReadsOnExactlyThere()
    {
        await using (Spool spool = Spools.Open(_directory.Path))
        {
            await spool.AppendAsync(1, 1000);
            using SpoolReader reader = spool.OpenReader();
            for (int i = 0; i < 613; i++) Assert.True(reader.TryRead(out _));
            spool.Truncate(reader.Position);
        }

        await using (Spool spool = Spools.Open(_directory.Path))
        {
            using SpoolReader reader = spool.OpenReader();
            Assert.Equal(Spools.Numbers(614, 387), reader.ReadNumbers());
            spool.Truncate(reader.Position);
        }

        await using Spool last = Spools.Open(_directory.Path);
        using SpoolReader nothing = last.OpenReader();
        Assert.Empty(nothing.ReadNumbers());
        Assert.Equal(0, last.Bytes);
        await last.AppendAsync(1001, 10);
        Assert.Equal(Spools.Numbers(1001, 10), nothing.ReadNumbers());
    }

    [Fact]
    public async Task Truncate_WholeSegments_DeletesTheirFiles()
    {
        await using (Spool spool = Spools.Open(_directory.Path))
        {
            await spool.AppendAsync(1, 2000);
            int before = Directory.GetFiles(_directory.Path, "*.seg").Length;
            using SpoolReader reader = spool.OpenReader();
            reader.ReadNumbers();
            spool.Truncate(reader.Position);
            await spool.AppendAsync(2001, 1);
            await Eventually(() => Directory.GetFiles(_directory.Path, "*.seg").Length <= 2);
            Assert.True(before > 5, "the test must have segments to delete");
        }
    }

    [Fact]
    public async Task TryAppend_MessageBegunBelowTheLimit_PassesItRatherThanWaitForTheStore()
    {
        await using Spool spool = Spools.Open(Spools.Small(_directory.Path) with { MaxBytes = 64 * 1024 });
        byte[] message = [.. Enumerable.Range(0, 2000).SelectMany(n => Spools.Line(n))];
        Assert.True(message.Length > 64 * 1024);

        Assert.True(spool.TryAppend(message, 2000, 1, out long receipt));
        await spool.WaitDurableAsync(receipt, TestContext.Current.CancellationToken);

        Assert.False(spool.TryAppend(message, 2000, 1, out _));
        using SpoolReader reader = spool.OpenReader();
        Assert.Equal(2000, reader.ReadAll().Sum(r => r.LineCount));
    }

    [Fact]
    public async Task TryAppend_AtTheLimit_IsRefusedUntilTruncation()
    {
        await using Spool spool = Spools.Open(Spools.Small(_directory.Path) with { MaxBytes = 64 * 1024 });
        long number = 0, last = 0, address;
        while (spool.TryAppend(Spools.Line(++number), 1, number, out address))
        {
            last = address;
            await spool.WaitDurableAsync(address, Ct);
        }

        Assert.InRange(spool.Bytes, 60 * 1024, 64 * 1024);
        Task room = spool.WaitForRoomAsync(Ct).AsTask();
        await spool.WaitDurableAsync(last, Ct);
        Assert.False(room.IsCompleted);

        using SpoolReader reader = spool.OpenReader();
        for (int i = 0; i < number / 2; i++) Assert.True(reader.TryRead(out _));
        spool.Truncate(reader.Position);
        await room.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.True(spool.TryAppend(Spools.Line(number), 1, number, out _));
    }

    [Fact]
    public async Task WaitToRead_NothingThere_CompletesWithTheNextRecord()
    {
        await using Spool spool = Spools.Open(_directory.Path);
        using SpoolReader reader = spool.OpenReader();
        Task<bool> more = reader.WaitToReadAsync(Ct).AsTask();
        Assert.False(more.IsCompleted);
        await spool.AppendAsync(1, 1);
        Assert.True(await more.WaitAsync(TimeSpan.FromSeconds(30), Ct));
        Assert.Equal([1], reader.ReadNumbers());
    }

    [Fact]
    public async Task WaitToRead_SpoolClosed_IsFalse()
    {
        Spool spool = Spools.Open(_directory.Path);
        using SpoolReader reader = spool.OpenReader();
        Task<bool> more = reader.WaitToReadAsync(Ct).AsTask();
        await spool.DisposeAsync();
        Assert.False(await more.WaitAsync(TimeSpan.FromSeconds(30), Ct));
    }

    [Fact]
    public async Task WaitDurable_Cancelled_LeavesTheRecord()
    {
        await using Spool spool = Spools.Open(Spools.Small(_directory.Path) with { CommitInterval = TimeSpan.FromSeconds(1) });
        Assert.True(spool.TryAppend(Spools.Line(1), 1, 1, out long address));
        using var giveUp = new CancellationTokenSource();
        Task wait = spool.WaitDurableAsync(address, giveUp.Token).AsTask();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);

        await spool.WaitDurableAsync(address, Ct);
        using SpoolReader reader = spool.OpenReader();
        Assert.Equal([1], reader.ReadNumbers());
    }

    [Fact]
    public async Task Open_DirectoryInUse_SaysWhich()
    {
        await using Spool spool = Spools.Open(_directory.Path);
        SpoolInUseException refused = Assert.Throws<SpoolInUseException>(() => Spools.Open(_directory.Path));
        Assert.Contains(_directory.Path, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_OtherSegmentSizeThanBefore_KeepsTheOld()
    {
        await using (Spool spool = Spools.Open(_directory.Path)) await spool.AppendAsync(1, 1000);
        await using Spool wider = Spools.Open(Spools.Small(_directory.Path) with { SegmentBytes = 16 * Spools.SegmentBytes });
        using SpoolReader reader = wider.OpenReader();
        Assert.Equal(Spools.Numbers(1, 1000), reader.ReadNumbers());
    }

    [Fact]
    public async Task OldestAge_IsThatOfTheFirstRecordNotDoneWith()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UnixEpoch.AddSeconds(100));
        await using Spool spool = Spools.Open(Spools.Small(_directory.Path), clock);
        Assert.Equal(TimeSpan.Zero, spool.OldestAge());
        long address = 0;
        foreach (long second in (long[])[40, 90])
            Assert.True(spool.TryAppend(Spools.Line(second), 1, second * 1_000_000_000, out address));
        await spool.WaitDurableAsync(address, Ct);
        Assert.Equal(TimeSpan.FromSeconds(60), spool.OldestAge());

        using SpoolReader reader = spool.OpenReader();
        Assert.True(reader.TryRead(out SpoolRecord first));
        spool.Truncate(first.NextAddress);
        Assert.Equal(TimeSpan.FromSeconds(10), spool.OldestAge());
    }

    [Fact]
    public async Task TryAppend_OfAMessage_AllocatesNothing()
    {
        await using Spool spool = Spool.Open(_directory.Path, new SpoolOptions(), TimeProvider.System, NullLogger<Spool>.Instance);
        byte[] line = Spools.Line(50);
        for (int i = 0; i < 1000; i++) spool.TryAppend(line, 1, i, out _);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) spool.TryAppend(line, 1, i, out _);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(allocated, 0, 1000); // a page turned now and then, not a message
    }

    private static async Task Eventually(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!condition()) await Task.Delay(10, limit.Token);
    }
}
