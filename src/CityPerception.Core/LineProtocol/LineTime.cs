using System.Buffers.Text;

namespace CityPerception.Core.LineProtocol;

/// <summary>The time at the end of a line that we wrote: after its last space, in ns.</summary>
public static class LineTime
{
    /// <summary>Reads it; false for a line that ends otherwise.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out long timeNs)
    {
        ReadOnlySpan<byte> digits = line[(line.LastIndexOf((byte)' ') + 1)..];
        return Utf8Parser.TryParse(digits, out timeNs, out int read) && read == digits.Length;
    }
}
