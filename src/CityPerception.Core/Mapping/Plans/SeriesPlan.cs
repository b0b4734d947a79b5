using System.Collections.Concurrent;
using System.Text;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Mapping.Expressions;
using CityPerception.Core.Mapping.Paths;
using CityPerception.Core.Text;

namespace CityPerception.Core.Mapping.Plans;

/// <summary>Begins a line: measurement and tags.</summary>
/// <remarks>
/// In most sources all tags follow from one text of the message, the device's name. Then what has been written for it is
/// kept, and a device's next message costs one look-up instead of a table, a check and an escape for each tag: a third of
/// the whole mapping.
/// </remarks>
internal sealed class SeriesPlan
{
    // About 20 MB of a source with so many devices; those beyond are written out each time.
    private const int MaxKept = 100_000;

    private readonly LineKey _measurement;
    private readonly TagPlan[] _tags;
    private readonly SlotRef? _key;
    private readonly ConcurrentDictionary<byte[], Kept> _kept = new(Utf8Comparer.Instance);
    private readonly ConcurrentDictionary<byte[], Kept>.AlternateLookup<ReadOnlySpan<byte>> _byKey;
    private readonly bool _notesDevice;
    private int _count;

    /// <param name="measurement">Its name.</param>
    /// <param name="tags">In the order of their names.</param>
    /// <param name="notesDevice">Whether the run is to know the device.</param>
    public SeriesPlan(string measurement, TagPlan[] tags, bool notesDevice = false)
    {
        _notesDevice = notesDevice;
        _measurement = LineKey.OfMeasurement(Encoding.UTF8.GetBytes(measurement));
        _tags = tags;
        _byKey = _kept.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (tags.All(t => t.Inputs is not null) && tags.SelectMany(t => t.Inputs!).Distinct().ToArray() is [var only]) _key = only;
    }

    /// <summary>False if a tag is to be rejected; the run knows why, and the line is to be abandoned.</summary>
    public bool TryBegin(scoped in MappingContext context, out LineProtocolWriter line)
    {
        MappingRun run = context.Run;
        ReadOnlySpan<byte> key = _key is { } slot ? run.PlainText(slot, context.Document) : default;
        if (!key.IsEmpty && _byKey.TryGetValue(key, out Kept kept))
        {
            line = new LineProtocolWriter(run.Lines, kept.Series);
            if (_notesDevice) run.SetDevice(kept.Device);
            return true;
        }

        line = new LineProtocolWriter(run.Lines, _measurement);
        if (_notesDevice) run.SetDevice([]);
        foreach (TagPlan tag in _tags)
            if (!tag.TryWrite(in context, ref line)) return false;

        if (!key.IsEmpty && Volatile.Read(ref _count) < MaxKept && _byKey.TryAdd(key, new Kept(line.Series, _notesDevice ? run.Device.ToArray() : []))) Interlocked.Increment(ref _count);
        return true;
    }

    private readonly record struct Kept(LineSeries Series, byte[] Device);
}
