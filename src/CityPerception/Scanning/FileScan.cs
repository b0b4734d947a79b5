using System.Buffers;
using System.Text;
using CityPerception.Core.LineProtocol;
using CityPerception.DeadLetters;

namespace CityPerception.Scanning;

/// <summary>
/// Looks through files as they lie on the disk, binary ones too: for every run of text between bytes that are none. What has
/// been stored already and not been overwritten yet is still there, and is looked at.
/// </summary>
internal static class FileScan
{
    private const int ChunkBytes = 1 << 20, MaxRun = 256 << 10, Overlap = 256, LeastRun = 5;

    /// <summary>Looks through the files of a folder and those below it, or a single file. Returns how many they were.</summary>
    public static async Task<int> RunAsync(string path, Func<string, bool> isLeftOut, ScanResult into, CancellationToken cancellationToken)
    {
        int files = 0;
        IEnumerable<string> all = Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : [path];
        foreach (string file in all.Where(f => !isLeftOut(f)))
        {
            try
            {
                if (new FileInfo(file).Length > 0) await ReadAsync(file, into, cancellationToken); // not a lock
                files++;
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException && Directory.Exists(path))
            {
                // A running server has removed it since: it is not there to be found.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                into.Fault($"{file} cannot be read: {e.Message}");
            }
        }

        return files;
    }

    /// <summary>Looks through bytes that are at hand.</summary>
    public static void Look(ReadOnlySpan<byte> bytes, string where, ScanResult into) => Runs(bytes, isLast: true, 0, where, into);

    private static async Task ReadAsync(string file, ScanResult into, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
        byte[] buffer = new byte[ChunkBytes + MaxRun];
        int kept = 0;
        long offset = 0;
        while (true)
        {
            int read = await stream.ReadAsync(buffer.AsMemory(kept, ChunkBytes), cancellationToken);
            int length = kept + read;
            int done = Runs(buffer.AsSpan(0, length), isLast: read == 0, offset, file, into);
            if (read == 0) return;
            kept = length - done;
            offset += done;
            buffer.AsSpan(done, kept).CopyTo(buffer);
        }
    }

    // Looks at all whole runs. Returns how many bytes are done with; the rest may go on in the next chunk.
    private static int Runs(ReadOnlySpan<byte> bytes, bool isLast, long offset, string file, ScanResult into)
    {
        int start = 0, at = 0;
        while (at < bytes.Length)
        {
            OperationStatus status = Rune.DecodeFromUtf8(bytes[at..], out Rune rune, out int used);
            if (status is OperationStatus.NeedMoreData && !isLast) break;
            bool isText = status is OperationStatus.Done && (rune.Value >= ' ' || rune.Value == '\t') && rune.Value != 0x7F;
            if (isText && at - start < MaxRun - Overlap)
            {
                at += used;
                continue;
            }

            Look(bytes[start..at], offset + start, file, into);
            // Of a run too long to be held the next part begins a little before, so that nothing is cut in two.
            start = isText ? Boundary(bytes, Math.Max(start + 1, at - Overlap)) : at + used;
            at = isText ? at + used : start;
        }

        if (!isLast) return start;
        Look(bytes[start..], offset + start, file, into);
        return bytes.Length;
    }

    private static int Boundary(ReadOnlySpan<byte> bytes, int at)
    {
        while ((bytes[at] & 0xC0) == 0x80) at++;
        return at;
    }

    private static void Look(ReadOnlySpan<byte> run, long offset, string file, ScanResult into)
    {
        if (run.Length < LeastRun) return;
        foreach (string text in TextsOf(run)) into.Look(text, () => $"{file}, byte {offset}");
    }

    // Of a line only what is text: a number that happens to look like a phone's is a measured value.
    private static List<string> TextsOf(ReadOnlySpan<byte> run)
    {
        List<string> texts = [];
        var reader = new LineProtocolReader(run);
        if (reader.NextLine())
        {
            texts.Add(reader.Measurement.ToString());
            while (reader.NextTag()) texts.Add(reader.Value.ToString());
            int fields = 0;
            while (reader.NextField())
            {
                fields++;
                if (reader.Kind is LineFieldKind.String) texts.Add(reader.Value.ToString());
            }

            if (fields > 0 && !reader.Failed) return texts;
        }

        return [LetterText.Decode(run) ?? ""];
    }
}
