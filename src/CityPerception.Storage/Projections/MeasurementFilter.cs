using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Queries;

namespace CityPerception.Storage.Projections;

/// <summary>Finds the lines of some measurements, by what a line begins with.</summary>
internal sealed class MeasurementFilter(ImmutableArray<string> measurements)
{
    private static readonly SearchValues<byte> Ends = SearchValues.Create(", "u8);

    // The names of the schema need no escaping.
    private readonly byte[][] _names = [.. measurements.Select(Encoding.UTF8.GetBytes)];

    public bool WantsAll => _names.Length == 0;

    public bool WantsAny(ReadOnlySpan<byte> lines)
    {
        foreach (Range line in LinesOf(lines))
        {
            if (Wants(lines[line])) return true;
        }

        return false;
    }

    /// <summary>Adds the lines wanted, without those that the store refused.</summary>
    public void Copy(ReadOnlySpan<byte> lines, ImmutableArray<RefusedLine> refused, LineBuffer to)
    {
        foreach (Range range in LinesOf(lines))
        {
            ReadOnlySpan<byte> line = lines[range];
            if (!Wants(line) || IsRefused(line, refused)) continue;
            to.Write(line);
            to.EndLine();
        }
    }

    private static MemoryExtensions.SpanSplitEnumerator<byte> LinesOf(ReadOnlySpan<byte> lines) => lines.TrimEnd((byte)'\n').Split((byte)'\n');

    private static bool IsRefused(ReadOnlySpan<byte> line, ImmutableArray<RefusedLine> refused)
    {
        foreach (RefusedLine one in refused)
        {
            if (one.Line.Span.TrimEnd((byte)'\n').SequenceEqual(line)) return true;
        }

        return false;
    }

    private bool Wants(ReadOnlySpan<byte> line)
    {
        if (WantsAll) return !line.IsEmpty;
        int end = line.IndexOfAny(Ends);
        ReadOnlySpan<byte> measurement = end < 0 ? line : line[..end];
        foreach (byte[] name in _names)
        {
            if (measurement.SequenceEqual(name)) return true;
        }

        return false;
    }
}
