using CityPerception.Storage.Spooling;
using Microsoft.Win32.SafeHandles;

namespace CityPerception.Storage.Tests.Spooling;

/// <summary>A disk that can be told to fail.</summary>
internal sealed class FailingDevice(string directory, DiskFaults faults) : SegmentDevice(directory)
{
    protected override void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        if (faults.FailWrites)
        {
            if (!faults.WholeWrites) base.Write(file, bytes[..(bytes.Length / 2)], offset); // a full disk takes what it can
            throw new IOException("No space left on device");
        }

        base.Write(file, bytes, offset);
    }

    protected override void Flush(SafeFileHandle file, string path)
    {
        faults.Hold?.Wait(TestContext.Current.CancellationToken);
        if (faults.FailFlushes) throw new IOException("Input/output error");
        base.Flush(file, path);
    }
}

/// <summary>What a <see cref="FailingDevice"/> does next.</summary>
internal sealed class DiskFaults
{
    public volatile bool FailWrites, FailFlushes;

    /// <summary>A write that fails leaves nothing; otherwise half of it.</summary>
    public volatile bool WholeWrites;

    /// <summary>While set, a flush waits for it.</summary>
    public ManualResetEventSlim? Hold { get; set; }
}
