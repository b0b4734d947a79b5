using FASTER.core;
using Microsoft.Win32.SafeHandles;

namespace CityPerception.Storage.Spooling;

/// <summary>The disk under FasterLog: one thread writes whatever is waiting, then syncs once, then reports.</summary>
/// <remarks>
/// FasterLog's own device opens a file with O_SYNC, which makes every page of a commit wait for the disk by itself;
/// it answers a failed write with a number, and a failed flush not at all. Here a commit of several pages is one
/// fsync. The first error is final: after a failed fsync Linux forgets the pages it could not write, so a later
/// success would be a lie.
/// </remarks>
internal class SegmentDevice : StorageDeviceBase
{
    private const uint Sector = 512, Failed = 1;
    private readonly string _directory;
    private readonly object _gate = new();
    private readonly Dictionary<int, SafeFileHandle> _files = [];
    private readonly Thread _writer;
    private List<PendingWrite> _waiting = [];
    private bool _closing;

    public SegmentDevice(string directory)
        : base(Path.Combine(directory, "log"), Sector, capacity: -1)
    {
        _directory = directory;
        startSegment = (int)SegmentFiles.List(directory).FirstOrDefault();
        _writer = new Thread(WriteLoop) { IsBackground = true, Name = "log writer" };
        _writer.Start();
    }

    /// <summary>What went wrong first; null while all is well.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Called once, when <see cref="Failure"/> has been set.</summary>
    public Action? OnFailure { get; set; }

    public override void WriteAsync(nint sourceAddress, int segmentId, ulong destinationAddress, uint numBytesToWrite, DeviceIOCompletionCallback callback, object context)
    {
        lock (_gate)
        {
            _waiting.Add(new PendingWrite(sourceAddress, segmentId, (long)destinationAddress, (int)numBytesToWrite, callback, context));
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Never called: a log begins on a fresh page whenever it is opened, and is read from its files.</summary>
    public override void ReadAsync(int segmentId, ulong sourceAddress, nint destinationAddress, uint readLength, DeviceIOCompletionCallback callback, object context) =>
        throw new NotSupportedException("The log is read from its segment files.");

    public override void TruncateUntilAddress(long toAddress)
    {
        int keep = (int)(toAddress / segmentSize);
        lock (_files)
        {
            for (; startSegment < keep; startSegment++)
            {
                if (_files.Remove(startSegment, out SafeFileHandle? file)) file.Dispose();
                try
                {
                    File.Delete(SegmentFiles.PathOf(_directory, startSegment));
                }
                catch (IOException)
                {
                    return; // held open by somebody else: the next truncation comes by here again
                }
            }
        }
    }

    public override void TruncateUntilAddressAsync(long toAddress, AsyncCallback callback, IAsyncResult result)
    {
        TruncateUntilAddress(toAddress);
        callback(result);
    }

    public override void RemoveSegmentAsync(int segment, AsyncCallback callback, IAsyncResult result) =>
        throw new NotSupportedException("Segments go in order, by truncation.");

    /// <summary>Ends the writer, after what it has been given.</summary>
    public override void Dispose()
    {
        lock (_gate)
        {
            if (_closing) return;
            _closing = true;
            Monitor.Pulse(_gate);
        }

        _writer.Join();
        foreach (SafeFileHandle file in _files.Values) file.Dispose();
    }

    /// <summary>Writes to the file, not necessarily to the disk. Tests make it fail.</summary>
    protected virtual void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(file, bytes, offset);

    /// <summary>Returns when the disk has everything written to the file. Tests make it fail.</summary>
    protected virtual void Flush(SafeFileHandle file, string path) => DiskSync.File(file, path);

    private void WriteLoop()
    {
        List<PendingWrite> taken = [];
        while (TakeAll(ref taken))
        {
            if (Failure is null) Save(taken);
            try
            {
                foreach (PendingWrite write in taken) write.Report(Failure is null);
            }
            catch (Exception e)
            {
                Fail(e); // FasterLog does not know any more what is on the disk
            }

            taken.Clear();
        }
    }

    private bool TakeAll(ref List<PendingWrite> taken)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0)
            {
                if (_closing) return false;
                Monitor.Wait(_gate);
            }

            (_waiting, taken) = (taken, _waiting);
            return true;
        }
    }

    private void Save(List<PendingWrite> writes)
    {
        try
        {
            lock (_files)
            {
                bool created = false;
                foreach (PendingWrite write in writes) Write(FileOf(write.Segment, ref created), write.Bytes, write.Offset);
                foreach ((int segment, SafeFileHandle file) in _files) Flush(file, SegmentFiles.PathOf(_directory, segment));
                if (created) DiskSync.Directory(_directory);
                CloseFinished(writes[^1].Segment);
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    private SafeFileHandle FileOf(int segment, ref bool created)
    {
        if (_files.TryGetValue(segment, out SafeFileHandle? file)) return file;

        string path = SegmentFiles.PathOf(_directory, segment);
        created |= !File.Exists(path);
        return _files[segment] = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
    }

    // Pages may be written out of order by one, so the segment before the last stays open.
    private void CloseFinished(int last)
    {
        foreach (int segment in _files.Keys)
        {
            if (segment < last - 1 && _files.Remove(segment, out SafeFileHandle? file)) file.Dispose();
        }
    }

    private void Fail(Exception reason)
    {
        if (Failure is not null) return;
        Failure = reason;
        OnFailure?.Invoke();
    }

    private readonly record struct PendingWrite(nint Source, int Segment, long Offset, int Length, DeviceIOCompletionCallback Callback, object Context)
    {
        /// <summary>The page in FasterLog's memory, which is pinned and stays until this write is reported.</summary>
        public unsafe ReadOnlySpan<byte> Bytes => new((void*)Source, Length);

        public void Report(bool saved) => Callback(saved ? 0 : Failed, saved ? (uint)Length : 0, Context);
    }
}
