using CityPerception.Storage.Spooling;
using Microsoft.Win32.SafeHandles;

namespace CityPerception.Storage.Tests.Spooling;

/// <summary>An error of fsync is an error, whatever .NET's own does with it. The real one, EIO, is in the product's DiskErrorTests.</summary>
public sealed class DiskSyncTests
{
    [Fact]
    public void File_SyncFails_ThrowsWithThePath()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems have .NET's.");
        using var none = new SafeFileHandle(1_000_000, ownsHandle: false); // fsync: EBADF

        var failed = Assert.Throws<IOException>(() => DiskSync.File(none, "/data/spool/00000000.seg"));

        Assert.Contains("/data/spool/00000000.seg cannot be synced: Bad file descriptor", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Directory_Missing_ThrowsWithThePath()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has nothing to sync there.");
        string path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));

        var failed = Assert.Throws<IOException>(() => DiskSync.Directory(path));

        Assert.Contains(path, failed.Message, StringComparison.Ordinal);
    }
}
