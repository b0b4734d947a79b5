using System.Buffers.Binary;
using System.Globalization;

namespace CityPerception.Scanning;

/// <summary>Looks whether photos hold anything but the picture: EXIF, XMP, IPTC, comments, or bytes behind the end.</summary>
internal static class PhotoScan
{
    // ISO/IEC 10918-1, table B.1, and JFIF's APP0: what a decoder needs.
    private const byte Start = 0xD8, End = 0xD9, Scan = 0xDA, Jfif = 0xE0, FirstApp = 0xE1, LastApp = 0xEF, Comment = 0xFE;

    /// <summary>Looks at the photos of a folder. Returns how many they were.</summary>
    public static async Task<int> RunAsync(string folder, string pattern, ScanResult into, CancellationToken cancellationToken)
    {
        int photos = 0;
        foreach (string file in Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            try
            {
                if (FindBesides(await File.ReadAllBytesAsync(file, cancellationToken)) is { } what) into.Find(what, file);
                photos++;
            }
            catch (FileNotFoundException)
            {
                // A running server has removed it since.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                into.Fault($"{file} cannot be read: {e.Message}");
            }
        }

        return photos;
    }

    /// <summary>What a JPEG holds besides the picture, in a word; null for nothing.</summary>
    public static string? FindBesides(ReadOnlySpan<byte> jpeg)
    {
        if (!jpeg.StartsWith((ReadOnlySpan<byte>)[0xFF, Start])) return "no JPEG";
        int at = 2;
        while (at + 4 <= jpeg.Length && jpeg[at] == 0xFF && jpeg[at + 1] != End)
        {
            byte marker = jpeg[at + 1];
            if (marker is >= FirstApp and <= LastApp) return string.Create(CultureInfo.InvariantCulture, $"metadata (APP{marker - Jfif})");
            if (marker is Comment) return "a comment";
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg[(at + 2)..]);
            if (marker is Scan) at = EndOfScan(jpeg, at);
        }

        return at + 2 == jpeg.Length && jpeg[^1] == End ? null : "bytes behind its end, or no end";
    }

    // In the coded picture FF 00 is a byte and FF D0 to FF D7 are restarts; any other marker ends it.
    private static int EndOfScan(ReadOnlySpan<byte> jpeg, int at)
    {
        while (at + 1 < jpeg.Length && !(jpeg[at] == 0xFF && jpeg[at + 1] is not (0 or 0xFF or (>= 0xD0 and <= 0xD7)))) at++;
        return at;
    }
}
