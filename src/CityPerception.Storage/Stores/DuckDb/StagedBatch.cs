using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;
using CityPerception.Core.Schema;
using CityPerception.Core.Text;

namespace CityPerception.Storage.Stores.DuckDb;

/// <summary>
/// A batch of lines made into rows, table by table. Used again from batch to batch: it remembers the series that it has
/// met, so that a line of a known one costs a look-up instead of a string a tag.
/// </summary>
internal sealed class StagedBatch
{
    private const int MaxSeries = 50_000; // about 20 MB; past that it forgets them all and begins anew

    private readonly Dictionary<byte[], DuckDbSeries> _seriesByKey = new(Utf8Comparer.Instance);
    private readonly Dictionary<string, DuckDbSeries> _seriesByTags = new(StringComparer.Ordinal);
    private readonly Dictionary<DuckDbTable, StagedRows> _rows = [];
    private readonly List<StagedValue> _values = [];
    private readonly HashSet<(DuckDbTable Table, FieldSchema Field)> _newFields = [];
    private byte[] _scratch = new byte[1024];

    /// <summary>The tables that the rows were made for.</summary>
    public FrozenDictionary<string, DuckDbTable> Tables { get; private set; } = FrozenDictionary<string, DuckDbTable>.Empty;

    /// <summary>The heads that the rows' series have.</summary>
    public SeriesHeads Heads { get; private set; } = new();

    /// <summary>Fields of the lines that have no column yet. While there are any, the rows are not whole: give them columns and stage again.</summary>
    public IReadOnlyCollection<(DuckDbTable Table, FieldSchema Field)> NewFields => _newFields;

    /// <summary>The tables that get rows.</summary>
    public IEnumerable<(DuckDbTable Table, StagedRows Rows)> Staged => _rows.Where(r => r.Value.Count > 0).Select(r => (r.Key, r.Value));

    /// <summary>Reads the lines; the result says which of them will be stored once the rows are.</summary>
    public WriteResult Stage(LineBatch batch, FrozenDictionary<string, DuckDbTable> tables, SeriesHeads heads)
    {
        Reset(tables, heads);
        int stored = 0;
        ImmutableArray<RefusedLine>.Builder refused = ImmutableArray.CreateBuilder<RefusedLine>();
        ReadOnlySpan<byte> text = batch.Text.Span;
        var reader = new LineProtocolReader(text);
        while (reader.NextLine())
        {
            string? fault = Stage(ref reader, text);
            if (fault is null) stored++;
            else refused.Add(new RefusedLine(Copy(reader.Line), RejectionReason.RefusedByStore, fault));
        }

        return new WriteResult(stored, refused.ToImmutable());
    }

    // What is wrong with the line, or null: then it is among the rows.
    private string? Stage(ref LineProtocolReader reader, ReadOnlySpan<byte> text)
    {
        while (reader.NextTag()) { }
        DuckDbSeries? series = null;
        string? fault = reader.Failed ? reader.Fault.Detail : FindSeries(ref reader, text, out series);
        _values.Clear();
        int guess = 0;
        while (reader.NextField())
        {
            if (fault is null) fault = ReadField(ref reader, series!.Table, ref guess);
        }

        if (reader.Failed) return reader.Fault.Detail;
        if (fault is not null) return fault;
        if (!reader.HasTime) return "the line has no time";
        if (reader.Time is < ObservationTime.MinNs or > ObservationTime.MaxNs) return $"the time {reader.Time} is outside the nanoseconds of 64 bits";

        if (!_rows.TryGetValue(series!.Table, out StagedRows? rows)) _rows.Add(series.Table, rows = new StagedRows(series.Table));
        rows.Add(series, reader.Time, CollectionsMarshal.AsSpan(_values));
        return null;
    }

    private string? ReadField(ref LineProtocolReader reader, DuckDbTable table, ref int guess)
    {
        int at = table.FindField(Plain(reader.Key), guess);
        if (at < 0 && table.FindDeclared(Plain(reader.Key)) is { } declared)
        {
            _newFields.Add((table, declared));
            return null;
        }

        if (at < 0) return $"field '{reader.Key.ToString()}' is not one of '{table.Name}' in measurements.yaml";

        FieldType type = table.Fields[at].Type;
        guess = at + 1;
        switch (type)
        {
            case FieldType.Float when reader.Kind is LineFieldKind.Float && reader.TryGetDouble(out double number):
                _values.Add(new StagedValue(at, BitConverter.DoubleToInt64Bits(number), null));
                return null;
            case FieldType.Integer when reader.Kind is LineFieldKind.Integer && reader.TryGetInt64(out long integer):
                _values.Add(new StagedValue(at, integer, null));
                return null;
            case FieldType.Boolean when reader.TryGetBoolean(out bool boolean):
                _values.Add(new StagedValue(at, boolean ? 1 : 0, null));
                return null;
            case FieldType.String when reader.Kind is LineFieldKind.String:
                _values.Add(new StagedValue(at, 0, Encoding.UTF8.GetString(Plain(reader.Value))));
                return null;
            default:
                return $"field type conflict: '{table.Name}.{table.Fields[at].Name}' is stored as {type}, the line has {reader.Kind}";
        }
    }

    private string? FindSeries(ref LineProtocolReader reader, ReadOnlySpan<byte> text, out DuckDbSeries? series)
    {
        Dictionary<byte[], DuckDbSeries>.AlternateLookup<ReadOnlySpan<byte>> known = _seriesByKey.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (known.TryGetValue(reader.SeriesKey, out series)) return null;

        string measurement = reader.Measurement.ToString();
        if (!Tables.TryGetValue(measurement, out DuckDbTable? table)) return $"measurement '{measurement}' is not in measurements.yaml";

        string[] tags = new string[table.Tags.Count];
        Array.Fill(tags, "");
        var again = new LineProtocolReader(text[reader.LineOffset..]);
        again.NextLine();
        while (again.NextTag())
        {
            int at = table.FindTag(Plain(again.Key));
            if (at < 0) return $"tag '{again.Key.ToString()}' is not one of '{measurement}' in measurements.yaml";
            tags[at] = again.Value.ToString();
        }

        // The same tags in another order or with other escapes are the same series. U+0001 stands in no canonical line.
        string identity = string.Join('\u0001', tags.Append(measurement));
        if (!_seriesByTags.TryGetValue(identity, out series)) _seriesByTags.Add(identity, series = new DuckDbSeries(table, tags, Heads.Find(identity)));
        known.TryAdd(reader.SeriesKey, series);
        return null;
    }

    private void Reset(FrozenDictionary<string, DuckDbTable> tables, SeriesHeads heads)
    {
        if (!ReferenceEquals(tables, Tables) || !ReferenceEquals(heads, Heads))
        {
            (Tables, Heads) = (tables, heads);
            _rows.Clear();
            Forget();
        }

        _newFields.Clear();
        foreach (StagedRows rows in _rows.Values) rows.Clear();
        if (_seriesByKey.Count >= MaxSeries) Forget();
    }

    private void Forget()
    {
        _seriesByKey.Clear();
        _seriesByTags.Clear();
    }

    private ReadOnlySpan<byte> Plain(LineText text)
    {
        if (text.NeedsUnescape && _scratch.Length < text.Raw.Length) _scratch = new byte[text.Raw.Length];
        return text.Plain(_scratch);
    }

    private static byte[] Copy(ReadOnlySpan<byte> line)
    {
        byte[] copy = new byte[line.Length + 1];
        line.CopyTo(copy);
        copy[^1] = (byte)'\n';
        return copy;
    }
}
