using CityPerception.Storage.Spooling;
using CityPerception.TestKit;

namespace CityPerception.Storage.Tests.Spooling;

public sealed class SegmentDeviceTests : IDisposable
{
    private readonly TempFolder _directory = new();
    private readonly DiskFaults _faults = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WriteAsync_AfterAnError_ReportsNoSuccessAnyMore(bool onWrite)
    {
        using var device = new FailingDevice(_directory.Path, _faults);
        device.Initialize(Spools.SegmentBytes);
        Assert.Equal(0u, await WriteAsync(device, 0));
        _faults.FailWrites = onWrite;
        _faults.FailFlushes = !onWrite;
        Assert.NotEqual(0u, await WriteAsync(device, 4096));

        _faults.FailWrites = _faults.FailFlushes = false;
        Assert.NotEqual(0u, await WriteAsync(device, 8192));
        Assert.IsType<IOException>(device.Failure);
    }

    private static async Task<uint> WriteAsync(SegmentDevice device, ulong address)
    {
        byte[] page = GC.AllocateArray<byte>(4096, pinned: true);
        var written = new TaskCompletionSource<uint>(TaskCreationOptions.RunContinuationsAsynchronously);
        device.WriteAsync(System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(page, 0), address, (uint)page.Length, (error, _, _) => written.SetResult(error), page);
        uint error = await written.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        GC.KeepAlive(page);
        return error;
    }
}
