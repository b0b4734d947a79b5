using System.Text;
using CityPerception.Core.Channels.Calculations;
using CityPerception.Core.LineProtocol;
using CityPerception.Storage.Dispatch;

namespace CityPerception.Observability;

/// <summary>
/// What <see cref="ArrivalWatch"/> counted, as points of a minute: <c>ingest_stat</c> of each source and district, and
/// <c>ingest_delay</c> with a point for each range of delays that anything was in.
/// </summary>
internal sealed class ArrivalLines(ArrivalWatch watch)
{
    private static readonly LineKey
        Stat = LineKey.OfMeasurement("ingest_stat"u8), Delay = LineKey.OfMeasurement("ingest_delay"u8),
        Bound = new("bound"u8), District = new("district"u8), Sense = new("sense"u8), Source = new("source"u8),
        Ahead = new("ahead"u8), Count = new("count"u8), Duplicate = new("duplicate"u8), Late = new("late"u8), Seen = new("seen"u8);

    private readonly Dictionary<ArrivalCounts, ArrivalTotals> _written = [], _adding = [];

    /// <summary>Adds what was counted since it was last written.</summary>
    /// <param name="lines">Takes them.</param>
    /// <param name="timeNs">Of the points.</param>
    public void Add(LineBuffer lines, long timeNs)
    {
        _adding.Clear();
        foreach (ArrivalCounts counts in watch.Counts)
        {
            ArrivalTotals now = counts.Read(), since = now.Since(_written.GetValueOrDefault(counts, ArrivalTotals.None));
            if (since.Seen == 0) continue;
            _adding[counts] = now;
            AddStat(lines, counts, since, timeNs);
            AddDelays(lines, counts, since, timeNs);
        }
    }

    /// <summary>What was added is durable, and not added again.</summary>
    public void Written()
    {
        foreach ((ArrivalCounts counts, ArrivalTotals totals) in _adding) _written[counts] = totals;
    }

    private static void AddStat(LineBuffer lines, ArrivalCounts counts, ArrivalTotals since, long timeNs)
    {
        var line = new LineProtocolWriter(lines, Stat);
        line.Tag(District, Encoding.UTF8.GetBytes(counts.District));
        line.Tag(Sense, "platform"u8);
        line.Tag(Source, Encoding.UTF8.GetBytes(counts.Source));
        line.Integer(Ahead, since.Ahead);
        line.Integer(Duplicate, since.Duplicate);
        line.Integer(Late, since.Late);
        line.Integer(Seen, since.Seen);
        line.End(timeNs);
    }

    private static void AddDelays(LineBuffer lines, ArrivalCounts counts, ArrivalTotals since, long timeNs)
    {
        for (int i = 0; i < since.Delays.Length; i++)
        {
            if (since.Delays[i] == 0) continue;
            var line = new LineProtocolWriter(lines, Delay);
            line.Tag(Bound, Encoding.UTF8.GetBytes(DelayRanges.NameOf(i)));
            line.Tag(District, Encoding.UTF8.GetBytes(counts.District));
            line.Tag(Sense, "platform"u8);
            line.Tag(Source, Encoding.UTF8.GetBytes(counts.Source));
            line.Integer(Count, since.Delays[i]);
            line.End(timeNs);
        }
    }
}
