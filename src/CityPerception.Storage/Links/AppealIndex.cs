using System.Runtime.InteropServices;
using CityPerception.Core.Text.Similarity;

namespace CityPerception.Storage.Links;

/// <summary>
/// Finds the appeals that may be like one: by the bands of its text's signature, the places that it names, its grid and the
/// positions around it. A shard a day, so that what is past its time goes at once.
/// </summary>
internal sealed class AppealIndex(double cellMetres)
{
    private const long NsPerDay = 86_400_000_000_000;

    // A cell is at least as wide as a distance may be as far north as 60°.
    private const double MetresNorth = 111_320, MetresEast = MetresNorth / 2;

    private const int Probes = TextFingerprint.MaxKeys + 1 + 9;

    private readonly SortedDictionary<long, Day> _days = [];
    private long _search;

    /// <summary>Adds an appeal to those that are searched for <see cref="After"/>.</summary>
    public void Add(Appeal appeal) => Fill(DayOf(appeal).All, appeal);

    /// <summary>Adds an appeal to those that are searched for <see cref="Leaders"/>, if it is not there.</summary>
    public void AddLeader(Appeal appeal)
    {
        if (appeal.IsIndexedAsLeader) return;
        appeal.IsIndexedAsLeader = true;
        Fill(DayOf(appeal).Leaders, appeal);
    }

    /// <summary>The leaders before an appeal that may be like it, and are within a time.</summary>
    public IEnumerable<Appeal> Leaders(Appeal appeal, long withinNs) =>
        Search(appeal, Number(appeal.Facts.TimeNs - withinNs), Number(appeal.Facts.TimeNs), static day => day.Leaders)
            .Where(found => found.IsLeader && AppealOrder.IsBefore(found, appeal));

    /// <summary>The appeals after one that may be like it, and are within a time.</summary>
    public IEnumerable<Appeal> After(Appeal appeal, long withinNs) =>
        Search(appeal, Number(appeal.Facts.TimeNs), Number(appeal.Facts.TimeNs + withinNs), static day => day.All)
            .Where(found => AppealOrder.IsBefore(appeal, found));

    /// <summary>Forgets whole days before a time.</summary>
    public void DropBefore(long ns)
    {
        while (_days.Count > 0 && _days.First() is { } first && first.Key < Number(ns)) _days.Remove(first.Key);
    }

    private Day DayOf(Appeal appeal)
    {
        long number = Number(appeal.Facts.TimeNs);
        if (!_days.TryGetValue(number, out Day? day)) _days.Add(number, day = new Day());
        return day;
    }

    private static long Number(long ns) => (long)Math.Floor((double)ns / NsPerDay);

    private List<Appeal> Search(Appeal appeal, long from, long to, Func<Day, Chains> choose)
    {
        Span<ulong> keys = stackalloc ulong[Probes];
        keys = keys[..FillKeys(appeal.Facts, keys, around: 1)];
        List<Appeal> found = [];
        _search++;
        for (long number = from; number <= to; number++)
        {
            if (!_days.TryGetValue(number, out Day? day)) continue;
            foreach (ulong key in keys) choose(day).Find(key, appeal, _search, found);
        }

        return found;
    }

    private void Fill(Chains chains, Appeal appeal)
    {
        Span<ulong> keys = stackalloc ulong[Probes];
        foreach (ulong key in keys[..FillKeys(appeal.Facts, keys, around: 0)]) chains.Add(key, appeal);
    }

    private int FillKeys(AppealFacts facts, Span<ulong> keys, int around)
    {
        int count = facts.Fingerprint.FillKeys(keys);
        if (facts.Grid is { } grid) keys[count++] = Key(1, System.IO.Hashing.XxHash3.HashToUInt64(MemoryMarshal.AsBytes(grid.AsSpan())));
        if (facts is not { Lat: { } lat, Lon: { } lon }) return count;
        long row = (long)Math.Floor(lat * MetresNorth / cellMetres), column = (long)Math.Floor(lon * MetresEast / cellMetres);
        for (long r = row - around; r <= row + around; r++)
        {
            for (long c = column - around; c <= column + around; c++) keys[count++] = Key(2, (ulong)r << 32 ^ (uint)c);
        }

        return count;
    }

    private static ulong Key(ulong kind, ulong value) => (value << 2 | kind) * 0x9E3779B97F4A7C15;

    private sealed class Day
    {
        public Chains All { get; } = new();

        public Chains Leaders { get; } = new();
    }

    /// <summary>For each key a chain of appeals, in one list: millions of small lists would cost more than what is in them.</summary>
    private sealed class Chains
    {
        private readonly Dictionary<ulong, int> _heads = [];
        private readonly List<(Appeal Appeal, int Next)> _links = [];

        public void Add(ulong key, Appeal appeal)
        {
            ref int head = ref CollectionsMarshal.GetValueRefOrAddDefault(_heads, key, out bool exists);
            _links.Add((appeal, exists ? head : -1));
            head = _links.Count - 1;
        }

        /// <summary>Adds what a search has not come by, and is not the appeal itself.</summary>
        public void Find(ulong key, Appeal asker, long search, List<Appeal> found)
        {
            if (!_heads.TryGetValue(key, out int at)) return;
            for (; at >= 0; at = _links[at].Next)
            {
                Appeal appeal = _links[at].Appeal;
                if (appeal.IsReplaced || appeal.SeenBy == search || appeal.Key == asker.Key) continue;
                appeal.SeenBy = search;
                found.Add(appeal);
            }
        }
    }
}
