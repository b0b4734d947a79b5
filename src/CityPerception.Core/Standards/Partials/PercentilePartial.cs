using System.Diagnostics.CodeAnalysis;

namespace CityPerception.Core.Standards.Partials;

/// <summary>
/// Percentiles (class HIST) by counting values in bins: merging adds counts, so the percentile of a day is the same
/// whichever windows it was put together from. Written it takes some bytes a bin that has values; of bins there are a few
/// thousand at most.
/// </summary>
public sealed class PercentilePartial<TBins> : IPartial<PercentilePartial<TBins>>
    where TBins : IBins
{
    private const string BinsField = "bins";

    // The array grows by so many keys at a time.
    private const int Step = 64;

    // Counts by key, of all keys from _first on: merging is adding arrays.
    private long[] _counts = [];
    private int _first;
    private double _min = double.PositiveInfinity, _max = double.NegativeInfinity;

    static PercentilePartial<TBins> IPartial<PercentilePartial<TBins>>.Empty => new();

    /// <summary>Of the values.</summary>
    public long Count { get; private set; }

    /// <summary>Takes a value in.</summary>
    /// <param name="times">How often it came: of levels that last, in units of time.</param>
    /// <exception cref="ArgumentOutOfRangeException">NaN or infinite.</exception>
    public void Add(double value, long times = 1)
    {
        if (!double.IsFinite(value)) throw new ArgumentOutOfRangeException(nameof(value), value, "no number");
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        int key = TBins.KeyOf(value);
        Reserve(key, key);
        _counts[key - _first] += times;
        Count += times;
        _min = Math.Min(_min, value);
        _max = Math.Max(_max, value);
    }

    /// <summary>The value below or at which so much of all lies: its rank is ⌈share·n⌉, from the smallest.</summary>
    /// <param name="share">0 to 1: 0.5 is the median.</param>
    /// <returns>Within the error of the bins; null for no values.</returns>
    public double? Quantile(double share) => AtRank(share, 0, 1);

    /// <summary>The value that is reached or exceeded by so much of all: its rank is ⌈share·n⌉, from the largest. L10 is that of 0.1.</summary>
    public double? Exceeded(double share) => AtRank(share, _counts.Length - 1, -1);

    public PercentilePartial<TBins> Combine(PercentilePartial<TBins> other)
    {
        var both = new PercentilePartial<TBins> { _min = Math.Min(_min, other._min), _max = Math.Max(_max, other._max), Count = Count + other.Count };
        foreach (PercentilePartial<TBins> part in new[] { this, other })
        {
            if (part.Count > 0) both.Reserve(part._first, part._first + part._counts.Length - 1);
        }
        both.Take(this);
        both.Take(other);
        return both;
    }

    public void Save(PartialFields fields)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(TBins.Id);
        writer.Write(_min);
        writer.Write(_max);
        int last = -TBins.LargestKey;
        for (int i = 0; i < _counts.Length; i++)
        {
            if (_counts[i] == 0) continue;
            writer.Write7BitEncodedInt(_first + i - last);
            writer.Write7BitEncodedInt64(_counts[i]);
            last = _first + i;
        }
        fields.Set(BinsField, Convert.ToBase64String(bytes.GetBuffer(), 0, (int)bytes.Length));
    }

    static bool IPartial<PercentilePartial<TBins>>.TryLoad(PartialFields fields, [MaybeNullWhen(false)] out PercentilePartial<TBins> partial)
    {
        partial = null;
        if (!fields.TryGet(BinsField, out string? text)) return false;
        try
        {
            partial = Read(Convert.FromBase64String(text));
        }
        catch (Exception e) when (e is FormatException or EndOfStreamException)
        {
            // Not what Save wrote; the caller says where it stood.
        }
        return partial is not null;
    }

    private static PercentilePartial<TBins>? Read(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        if (reader.ReadByte() != TBins.Id) return null;
        var read = new PercentilePartial<TBins> { _min = reader.ReadDouble(), _max = reader.ReadDouble() };
        for (long key = -TBins.LargestKey; reader.BaseStream.Position < bytes.Length;)
        {
            key += reader.Read7BitEncodedInt();
            long count = reader.Read7BitEncodedInt64();
            if (key < -TBins.LargestKey || key > TBins.LargestKey || count < 1 || count > long.MaxValue - read.Count) return null;
            read.Reserve((int)key, (int)key);
            read._counts[key - read._first] += count;
            read.Count += count;
        }
        return read._min <= read._max == read.Count > 0 ? read : null;
    }

    private void Take(PercentilePartial<TBins> part)
    {
        Span<long> mine = _counts.AsSpan(part.Count == 0 ? 0 : part._first - _first);
        for (int i = 0; i < part._counts.Length; i++) mine[i] += part._counts[i];
    }

    private void Reserve(int low, int high)
    {
        int first = low, end = high + 1;
        if (_counts.Length > 0)
        {
            if (low >= _first && end <= _first + _counts.Length) return;
            first = Math.Min(first, _first);
            end = Math.Max(end, _first + _counts.Length);
        }
        first = (int)Math.Floor(first / (double)Step) * Step;
        var wider = new long[(int)Math.Ceiling((end - first) / (double)Step) * Step];
        _counts.CopyTo(wider, _counts.Length == 0 ? 0 : _first - first);
        (_counts, _first) = (wider, first);
    }

    private double? AtRank(double share, int from, int step)
    {
        if (share is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(share), share, "0 to 1");
        long rank = Math.Max(1, (long)Math.Ceiling((share * Count) - 1e-9)), seen = 0;
        for (int i = from; i >= 0 && i < _counts.Length; i += step)
        {
            seen += _counts[i];
            // A bin's value may lie outside of what came.
            if (seen >= rank) return Math.Clamp(TBins.ValueOf(_first + i), _min, _max);
        }
        return null;
    }
}
