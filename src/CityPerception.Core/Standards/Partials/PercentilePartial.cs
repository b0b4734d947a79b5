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

    private readonly SortedDictionary<int, long> _counts = [];
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
        Take(TBins.KeyOf(value), times);
        _min = Math.Min(_min, value);
        _max = Math.Max(_max, value);
    }

    /// <summary>The value below or at which so much of all lies: its rank is ⌈share·n⌉, from the smallest.</summary>
    /// <param name="share">0 to 1: 0.5 is the median.</param>
    /// <returns>Within the error of the bins; null for no values.</returns>
    public double? Quantile(double share) => AtRank(_counts, share);

    /// <summary>The value that is reached or exceeded by so much of all: its rank is ⌈share·n⌉, from the largest. L10 is that of 0.1.</summary>
    public double? Exceeded(double share) => AtRank(_counts.Reverse(), share);

    public PercentilePartial<TBins> Combine(PercentilePartial<TBins> other)
    {
        var both = new PercentilePartial<TBins> { _min = Math.Min(_min, other._min), _max = Math.Max(_max, other._max) };
        foreach ((int key, long count) in _counts) both.Take(key, count);
        foreach ((int key, long count) in other._counts) both.Take(key, count);
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
        foreach ((int key, long count) in _counts)
        {
            writer.Write7BitEncodedInt(key - last);
            writer.Write7BitEncodedInt64(count);
            last = key;
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
            read.Take((int)key, count);
        }
        return read._min <= read._max == read.Count > 0 ? read : null;
    }

    private void Take(int key, long count)
    {
        _counts[key] = _counts.GetValueOrDefault(key) + count;
        Count += count;
    }

    private double? AtRank(IEnumerable<KeyValuePair<int, long>> inOrder, double share)
    {
        if (share is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(share), share, "0 to 1");
        long rank = Math.Max(1, (long)Math.Ceiling((share * Count) - 1e-9)), seen = 0;
        foreach ((int key, long count) in inOrder)
        {
            seen += count;
            // A bin's value may lie outside of what came.
            if (seen >= rank) return Math.Clamp(TBins.ValueOf(key), _min, _max);
        }
        return null;
    }
}
