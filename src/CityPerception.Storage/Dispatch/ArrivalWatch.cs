using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Observations;

namespace CityPerception.Storage.Dispatch;

/// <summary>
/// Sees what devices sent in the order in which it arrived, and counts by source and district what came twice, out of order, late
/// or from a clock that is wrong. It remembers the newest time of each series and its last <see cref="Remembered"/> points, in this process only:
/// a repeat of an older point counts as out of order, and the first point of a series after a start as neither. Lines without a device
/// are not looked at. A known series costs two hashes and no allocation.
/// </summary>
/// <remarks>One reader calls <see cref="Arrived"/>; anybody may read the counts meanwhile.</remarks>
public sealed class ArrivalWatch
{
    /// <summary>So many points of a series are known again.</summary>
    public const int Remembered = 8;

    /// <summary>So many series are remembered, in about 12 MB. Past that all are forgotten and it begins anew.</summary>
    public const int MaxSeries = 100_000;

    private const long NsPerSecond = 1_000_000_000;

    private readonly Dictionary<UInt128, Series> _series = [];
    private readonly ConcurrentDictionary<(string Source, string District), ArrivalCounts> _counts = new();

    /// <summary>The counts of every source and district that anything came from.</summary>
    public IEnumerable<ArrivalCounts> Counts => _counts.Values;

    /// <summary>Looks at an observation.</summary>
    /// <param name="line">Canonical line protocol with a time in ns, without its end.</param>
    /// <param name="receivedNs">When it arrived, in ns since 1970.</param>
    public void Arrived(ReadOnlySpan<byte> line, long receivedNs)
    {
        ReadOnlySpan<byte> key = line[..SeriesLane.KeyLength(line)];
        if (!LineTime.TryRead(line, out long time)) return;
        UInt128 id = XxHash128.HashToUInt128(key);
        ref Series series = ref CollectionsMarshal.GetValueRefOrNullRef(_series, id);
        if (Unsafe.IsNullRef(ref series)) series = ref Add(id, line);
        if (series.Counts is not { } counts) return;

        ArrivalCounts.Add(ref counts.Seen);
        counts.Delayed((receivedNs - time) / NsPerSecond);
        ulong point = XxHash3.HashToUInt64(line);
        if (series.Has(point))
        {
            ArrivalCounts.Add(ref counts.Duplicate);
            return;
        }

        if (time < series.NewestNs) ArrivalCounts.Add(ref counts.Late);
        series.NewestNs = Math.Max(series.NewestNs, time);
        series.Remember(point);
    }

    private ref Series Add(UInt128 id, ReadOnlySpan<byte> line)
    {
        if (_series.Count >= MaxSeries) _series.Clear();
        ref Series series = ref CollectionsMarshal.GetValueRefOrAddDefault(_series, id, out _);
        series = new Series { Counts = CountsOf(line), NewestNs = ObservationTime.MinNs };
        return ref series;
    }

    // Null for what no device sent.
    private ArrivalCounts? CountsOf(ReadOnlySpan<byte> line)
    {
        var reader = new LineProtocolReader(line);
        if (!reader.NextLine()) return null;
        string source = "", district = "";
        bool isOfDevice = false;
        while (reader.NextTag())
        {
            ReadOnlySpan<byte> name = reader.Key.Raw;
            if (name.SequenceEqual("device"u8)) isOfDevice = true;
            else if (name.SequenceEqual("source"u8)) source = reader.Value.ToString();
            else if (name.SequenceEqual("district"u8)) district = reader.Value.ToString();
        }

        return isOfDevice ? _counts.GetOrAdd((source, district), static place => new ArrivalCounts(place.Source, place.District)) : null;
    }

    private struct Series
    {
        private Points _points;
        private int _next;

        public ArrivalCounts? Counts { get; init; }

        public long NewestNs { get; set; }

        // 0 is where nothing is yet; that a line's hash is 0 happens to nobody.
        public readonly bool Has(ulong point)
        {
            ReadOnlySpan<ulong> points = _points;
            return points.Contains(point);
        }

        public void Remember(ulong point)
        {
            _points[_next] = point;
            _next = (_next + 1) % Remembered;
        }
    }

    [InlineArray(Remembered)]
    private struct Points
    {
        private ulong _first;
    }
}
