using CityPerception.Storage.Spooling;
using CityPerception.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace CityPerception.Storage.Tests.Spooling;

public sealed class SpoolAllocationTests
{
    [Fact]
    public async Task TryAppend_LinesThatThereIsRoomFor_AllocatesNothing()
    {
        using var directory = new TempFolder();
        await using var spool = Spool.Open(directory.Path, new SpoolOptions(), TimeProvider.System, NullLogger<Spool>.Instance);
        byte[] line = "noise,device=n leq=61.5 1700000000000000000\n"u8.ToArray();
        for (int i = 0; i < 1000; i++) Assert.True(spool.TryAppend(line, 1, 0, out _));

        long before = GC.GetAllocatedBytesForCurrentThread();
        bool all = true;
        for (int i = 0; i < 1000; i++) all &= spool.TryAppend(line, 1, 0, out _);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(all);
        // FasterLog keeps a small object for each page that it turns to: 72 kB are less than one page.
        Assert.InRange(allocated, 0, 1000);
    }
}
