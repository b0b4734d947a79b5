using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace CityPerception.Storage.Spooling;

/// <summary>The segment files of a log: byte <c>n</c> of the log is byte <c>n mod SegmentBytes</c> of file <c>n / SegmentBytes</c>.</summary>
/// <remarks>Reads only. Not thread-safe: each reader has its own.</remarks>
internal sealed class SegmentFiles(string directory, long segmentBytes) : IDisposable
{
    /// <summary>What stands for bytes that cannot be read. It is neither padding nor a length, so that the scan reports it.</summary>
    public const byte Unreadable = 0xFF;

    private const string Extension = ".seg";
    private const int RetryBytes = 4096;

    private SafeFileHandle? _open;
    private long _openId = -1;

    public long SegmentBytes => segmentBytes;

    public static string PathOf(string directory, long id) =>
        Path.Combine(directory, id.ToString("D8", CultureInfo.InvariantCulture) + Extension);

    /// <summary>The numbers of the segments present, in order.</summary>
    public static List<long> List(string directory)
    {
        List<long> ids = [];
        foreach (string file in Directory.EnumerateFiles(directory, "*" + Extension))
        {
            if (long.TryParse(Path.GetFileNameWithoutExtension(file), NumberStyles.None, CultureInfo.InvariantCulture, out long id)) ids.Add(id);
        }

        ids.Sort();
        return ids;
    }

    /// <summary>Reads the log's bytes at an address, which must lie in one segment.</summary>
    /// <param name="address">The first byte.</param>
    /// <param name="into">Filled to its end.</param>
    /// <param name="beyondEnd">What stands where the file has no bytes.</param>
    public void Read(long address, Span<byte> into, byte beyondEnd)
    {
        int read = 0;
        SafeFileHandle? file = Open(address / segmentBytes);
        if (file is not null)
        {
            long offset = address % segmentBytes;
            try
            {
                read = RandomAccess.Read(file, into, offset);
            }
            catch (IOException)
            {
                // A bad sector costs itself and not the page around it.
                ReadPiecewise(file, offset, into);
                return;
            }
        }

        into[read..].Fill(beyondEnd);
    }

    public void Dispose() => _open?.Dispose();

    private static void ReadPiecewise(SafeFileHandle file, long offset, Span<byte> into)
    {
        for (int at = 0; at < into.Length; at += RetryBytes)
        {
            Span<byte> piece = into.Slice(at, Math.Min(RetryBytes, into.Length - at));
            try
            {
                int read = RandomAccess.Read(file, piece, offset + at);
                piece[read..].Fill(Unreadable);
            }
            catch (IOException)
            {
                piece.Fill(Unreadable);
            }
        }
    }

    private SafeFileHandle? Open(long id)
    {
        if (_openId == id && _open is not null) return _open;

        _open?.Dispose();
        _open = null;
        string path = PathOf(directory, id);
        if (!File.Exists(path)) return null;

        _open = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        _openId = id;
        return _open;
    }
}
