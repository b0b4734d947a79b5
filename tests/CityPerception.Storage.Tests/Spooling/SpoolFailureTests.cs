using CityPerception.Storage.Spooling;
using CityPerception.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CityPerception.Storage.Tests.Spooling;

public sealed class SpoolFailureTests : IDisposable
{
    private const long Lost = 501; // never acknowledged: it may be found later, or not
    private readonly TempFolder _directory = new();
    private readonly DiskFaults _faults = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WaitDurable_DiskFails_FailsEveryWaiterAndEveryLaterAppend(bool onWrite)
    {
        await using Spool spool = Open();
        await spool.AppendAsync(1, 500);
        Fail(onWrite, true);

        Assert.True(spool.TryAppend(Spools.Line(501), 1, 501, out long address));
        SpoolFailedException failed = await Assert.ThrowsAsync<SpoolFailedException>(() => spool.WaitDurableAsync(address, Ct).AsTask());
        Assert.Contains(_directory.Path, failed.Message, StringComparison.Ordinal);
        Assert.Contains(onWrite ? "No space left" : "Input/output", failed.Message, StringComparison.Ordinal);

        // The disk works again, but what it did with the failed pages nobody knows: no success until reopened.
        Fail(onWrite, false);
        Assert.Throws<SpoolFailedException>(() => spool.TryAppend(Spools.Line(502), 1, 502, out _));
        await Assert.ThrowsAsync<SpoolFailedException>(() => spool.WaitDurableAsync(address, Ct).AsTask());
        await Assert.ThrowsAsync<SpoolFailedException>(() => spool.WaitForRoomAsync(Ct).AsTask());
        Assert.True(spool.DurableAddress < address);
        Assert.NotNull(spool.Failure);
    }

    [Fact]
    public async Task WaitDurable_MoreThanMemoryWhileTheDiskHangs_WaitsForRoomAndLosesNothing()
    {
        using var hold = new ManualResetEventSlim(false);
        _faults.Hold = hold;
        await using Spool spool = Open();
        int appended = 0;
        while (spool.TryAppend(Spools.Line(appended + 1), 1, 1, out _)) appended++;
        Assert.InRange(appended, 100, 2000); // 64 KiB of memory
        Task room = spool.WaitForRoomAsync(Ct).AsTask();
        Assert.False(room.IsCompleted);

        hold.Set();
        await room.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        await spool.AppendAsync(appended + 1, 1000);
        using SpoolReader reader = spool.OpenReader();
        Assert.Equal(Spools.Numbers(1, appended + 1000), reader.ReadNumbers());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reopen_AfterFailure_HasEverythingAcknowledgedAndGoesOn(bool onWrite)
    {
        await using Spool spool = Open();
        using SpoolReader reader = spool.OpenReader();
        await spool.AppendAsync(1, 500);
        Fail(onWrite, true);
        Assert.True(spool.TryAppend(Spools.Line(501), 1, 501, out long lost));
        await Assert.ThrowsAsync<SpoolFailedException>(() => spool.WaitDurableAsync(lost, Ct).AsTask());
        for (int i = 0; i < 100; i++) Assert.True(reader.TryRead(out _)); // reading goes on meanwhile

        Fail(onWrite, false);
        await spool.ReopenAsync(Ct);
        Assert.Null(spool.Failure);
        await spool.AppendAsync(600, 50);

        // 501 was never acknowledged: it may be there or not.
        Assert.True(await reader.WaitToReadAsync(Ct));
        List<long> rest = [.. reader.ReadNumbers().Where(n => n != 501)];
        while (rest.Count < 450 && await reader.WaitToReadAsync(Ct)) rest.AddRange(reader.ReadNumbers().Where(n => n != 501));
        Assert.Equal([.. Spools.Numbers(101, 400), .. Spools.Numbers(600, 50)], rest);
    }

    [Fact]
    public async Task WaitDurable_LateAfterReopening_DoesNotClaimWhatWasLost()
    {
        await using Spool spool = Open();
        await spool.AppendAsync(1, 10);
        Fail(onWrite: true, fail: true);
        Assert.True(spool.TryAppend(Spools.Line(11), 1, 11, out long lost));
        await Assert.ThrowsAsync<SpoolFailedException>(() => spool.WaitDurableAsync(lost, Ct).AsTask());
        Fail(onWrite: true, fail: false);
        await spool.ReopenAsync(Ct);
        await spool.AppendAsync(20, 100); // further than the lost record lay

        await Assert.ThrowsAsync<SpoolFailedException>(() => spool.WaitDurableAsync(lost, Ct).AsTask());
    }

    [Fact]
    public async Task Both_OneLostBeforeReopening_IsNeverDurable()
    {
        await using Spool spool = Open();
        await spool.AppendAsync(1, 10);
        Fail(onWrite: true, fail: true);
        Assert.True(spool.TryAppend(Spools.Line(11), 1, 11, out long lost));
        await Assert.ThrowsAsync<SpoolFailedException>(() => spool.WaitDurableAsync(lost, Ct).AsTask());
        Fail(onWrite: true, fail: false);
        await spool.ReopenAsync(Ct);
        Assert.True(spool.TryAppend(Spools.Line(12), 1, 12, out long kept));

        await spool.WaitDurableAsync(Spool.Both(0, kept), Ct);
        await Assert.ThrowsAsync<SpoolFailedException>(() => spool.WaitDurableAsync(Spool.Both(lost, kept), Ct).AsTask());
        await Assert.ThrowsAsync<SpoolFailedException>(() => spool.WaitDurableAsync(Spool.Both(kept, lost), Ct).AsTask());
    }

    [Fact]
    public async Task WaitToRead_DiskFailed_WaitsUntilReopened()
    {
        await using Spool spool = Open();
        using SpoolReader reader = spool.OpenReader();
        Fail(false, true);
        Assert.True(spool.TryAppend(Spools.Line(1), 1, 1, out long lost));
        await Assert.ThrowsAsync<SpoolFailedException>(() => spool.WaitDurableAsync(lost, Ct).AsTask());
        Task<bool> more = reader.WaitToReadAsync(Ct).AsTask();
        Assert.False(more.IsCompleted);

        Fail(false, false);
        await spool.ReopenAsync(Ct);
        await spool.AppendAsync(2, 1);
        Assert.True(await more.WaitAsync(TimeSpan.FromSeconds(30), Ct));
        Assert.Contains(2, reader.ReadNumbers());
    }

    [Fact]
    public async Task Keeper_DiskWorksAgain_ReopensTheSpool()
    {
        var clock = new FakeTimeProvider();
        await using Spool spool = Open();
        using var keeper = new SpoolKeeper(spool, clock, NullLogger<SpoolKeeper>.Instance);
        await keeper.StartAsync(Ct);
        Fail(onWrite: true, fail: true);
        Assert.True(spool.TryAppend(Spools.Line(1), 1, 1, out long lost));
        await Assert.ThrowsAsync<SpoolFailedException>(() => spool.WaitDurableAsync(lost, Ct).AsTask());

        Fail(onWrite: true, fail: false);
        while (spool.Failure is not null)
        {
            clock.Advance(SpoolKeeper.Interval);
            await Task.Delay(5, Ct);
        }

        await spool.AppendAsync(2, 1);
        await keeper.StopAsync(Ct);
    }

    [Fact]
    public async Task Reopen_EverythingDoneWith_DeletesItsSegmentAndGoesOnInTheNext()
    {
        _faults.WholeWrites = true;
        await using Spool spool = Open();
        using SpoolReader reader = spool.OpenReader();
        await spool.AppendAsync(1, 100);
        Assert.Equal(100, reader.ReadNumbers().Count);
        await FailOnceAsync(spool);
        spool.Truncate(reader.Position); // known after the disk has failed: no checkpoint can tell
        _faults.FailWrites = false;

        await spool.ReopenAsync(Ct);
        Assert.Equal(0, spool.Bytes);
        Assert.Equal(0, spool.BeginAddress % Spools.SegmentBytes);
        Assert.DoesNotContain(SegmentFiles.List(_directory.Path), id => id * Spools.SegmentBytes < spool.BeginAddress);

        await spool.AppendAsync(200, 50);
        Assert.True(await reader.WaitToReadAsync(Ct));
        List<SpoolRecord> read = reader.ReadAll();
        Assert.DoesNotContain(read, r => r.IsDamaged);
        Assert.Equal(Spools.Numbers(200, 50), read.Select(r => Spools.NumberOf(r.Lines)));
    }

    [Fact]
    public async Task Reopen_SomeDoneWithMeanwhile_DoesNotDeliverItAgain()
    {
        await using Spool spool = Open();
        await spool.AppendAsync(1, 500);
        long done = 0;
        using (SpoolReader reader = spool.OpenReader())
        {
            for (int i = 0; i < 400 && reader.TryRead(out SpoolRecord record); i++) done = record.NextAddress;
        }

        await FailOnceAsync(spool);
        spool.Truncate(done);
        _faults.FailWrites = false;
        await spool.ReopenAsync(Ct);

        Assert.Equal(done, spool.BeginAddress);
        Assert.Equal(done / Spools.SegmentBytes, SegmentFiles.List(_directory.Path)[0]);
        using SpoolReader next = spool.OpenReader();
        Assert.Equal(Spools.Numbers(401, 100), next.ReadNumbers().Where(n => n <= 500));
    }

    // A disk that the log has filled gets room by what is read and done with: it must be possible all the while.
    [Fact]
    public async Task Reopen_DiskStillTakesNothing_RefusesAndCanBeReadAndTruncated()
    {
        await using Spool spool = Open();
        using SpoolReader reader = spool.OpenReader();
        await spool.AppendAsync(1, 100);
        await FailOnceAsync(spool);
        _faults.FailWrites = false;
        string inTheWay = Path.Combine(_directory.Path, "probe");
        Directory.CreateDirectory(inTheWay); // what the disk is tried with cannot be written

        for (int i = 0; i < 3; i++)
        {
            await Assert.ThrowsAnyAsync<IOException>(() => spool.ReopenAsync(Ct));
            Assert.NotNull(spool.Failure);
            Assert.Throws<SpoolFailedException>(() => spool.TryAppend(Spools.Line(2), 1, 2, out _));
            Assert.True(spool.Bytes > 0);
            for (int n = 0; n < 10; n++) Assert.True(reader.TryRead(out _));
            spool.Truncate(reader.Position);
            Assert.Equal(reader.Position, spool.BeginAddress);
        }

        Directory.Delete(inTheWay);
        await spool.ReopenAsync(Ct);
        await spool.AppendAsync(600, 20);
        List<long> rest = [];
        while (rest.Count(n => n != Lost) < 90 && await reader.WaitToReadAsync(Ct)) rest.AddRange(reader.ReadNumbers());
        Assert.Equal([.. Spools.Numbers(31, 70), .. Spools.Numbers(600, 20)], rest.Where(n => n != Lost));
    }

    [Fact]
    public async Task Reopen_NothingFailed_DoesNothing()
    {
        await using Spool spool = Open();
        await spool.AppendAsync(1, 1);
        await spool.ReopenAsync(Ct);
        await spool.AppendAsync(2, 1);
        using SpoolReader reader = spool.OpenReader();
        Assert.Equal([1, 2], reader.ReadNumbers());
    }

    private async Task FailOnceAsync(Spool spool)
    {
        _faults.FailWrites = true;
        Assert.True(spool.TryAppend(Spools.Line(Lost), 1, Lost, out long lost));
        await Assert.ThrowsAsync<SpoolFailedException>(() => spool.WaitDurableAsync(lost, Ct).AsTask());
    }

    private Spool Open() =>
        Spools.Open(Spools.Small(_directory.Path) with { CreateDevice = directory => new FailingDevice(directory, _faults) });

    private void Fail(bool onWrite, bool fail)
    {
        if (onWrite) _faults.FailWrites = fail;
        else _faults.FailFlushes = fail;
    }
}
