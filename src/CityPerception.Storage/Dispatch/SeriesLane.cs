using System.IO.Hashing;

namespace CityPerception.Storage.Dispatch;

/// <summary>Which lane a line takes.</summary>
internal static class SeriesLane
{
    /// <summary>The same for every line of a series: its measurement and tags, which end at the first space that no backslash precedes.</summary>
    public static int Of(ReadOnlySpan<byte> line, int lanes) =>
        lanes == 1 ? 0 : (int)(XxHash3.HashToUInt64(line[..KeyLength(line)]) % (uint)lanes);

    /// <summary>How long the measurement and tags of a line are.</summary>
    public static int KeyLength(ReadOnlySpan<byte> line)
    {
        for (int at = 0; ; at++)
        {
            int space = line[at..].IndexOf((byte)' ');
            if (space < 0) return line.Length;
            at += space;
            if (at == 0 || line[at - 1] != (byte)'\\') return at;
        }
    }
}
