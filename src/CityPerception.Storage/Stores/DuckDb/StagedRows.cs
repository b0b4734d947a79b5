using System.Runtime.InteropServices;
using CityPerception.Core.Schema;
using DuckDB.NET.Data;

namespace CityPerception.Storage.Stores.DuckDb;

/// <summary>A series of a table: the values of its tags in the order of the table's columns, '' for a tag it lacks.</summary>
internal sealed class DuckDbSeries(DuckDbTable table, string[] tags, SeriesHead head)
{
    public SeriesHead Head { get; } = head;

    public DuckDbTable Table { get; } = table;

    public IReadOnlyList<string> Tags { get; } = tags;
}

/// <summary>A field's value on its way: numbers and booleans as bits, text as text.</summary>
internal readonly record struct StagedValue(int Field, long Bits, string? Text);

/// <summary>The rows of a batch that go to one table, one a point: a later line of the same point has replaced the earlier one's fields.</summary>
internal sealed class StagedRows(DuckDbTable table)
{
    private readonly List<(DuckDbSeries Series, long Time)> _points = [];
    private readonly Dictionary<(DuckDbSeries, long), int> _rows = [];
    private readonly List<Cell> _cells = []; // row by row, a cell a field
    private readonly List<bool> _late = []; // row by row, once sorted out

    private struct Cell
    {
        public bool HasValue;
        public long Bits;
        public string? Text;
    }

    public int Count => _points.Count;

    /// <summary>How many rows may be points that are there already.</summary>
    public int LateCount { get; private set; }

    /// <summary>The range of their times, both ends included.</summary>
    public (long FirstNs, long LastNs) LateRange { get; private set; }

    public void Add(DuckDbSeries series, long time, ReadOnlySpan<StagedValue> values)
    {
        int width = table.Fields.Count;
        ref int row = ref CollectionsMarshal.GetValueRefOrAddDefault(_rows, (series, time), out bool repeated);
        if (!repeated)
        {
            row = _points.Count;
            _points.Add((series, time));
            CollectionsMarshal.SetCount(_cells, _points.Count * width);
            CollectionsMarshal.AsSpan(_cells)[(row * width)..].Clear();
        }

        Span<Cell> cells = CollectionsMarshal.AsSpan(_cells).Slice(row * width, width);
        foreach (StagedValue value in values) cells[value.Field] = new Cell { HasValue = true, Bits = value.Bits, Text = value.Text };
    }

    /// <summary>Finds the rows that may be points that are there already: not later than their series' head, or than the table's floor.</summary>
    public void SortOut(long floorNs)
    {
        _late.Clear();
        LateCount = 0;
        LateRange = (long.MaxValue, long.MinValue);
        foreach ((DuckDbSeries series, long time) in _points)
        {
            bool late = time <= floorNs || time <= series.Head.LatestNs;
            _late.Add(late);
            if (!late) continue;
            LateCount++;
            LateRange = (Math.Min(LateRange.FirstNs, time), Math.Max(LateRange.LastNs, time));
        }
    }

    /// <summary>Moves the heads of all series on to these rows. Should the transaction fail, all heads are forgotten.</summary>
    public void AdvanceHeads()
    {
        foreach ((DuckDbSeries series, long time) in _points) series.Head.LatestNs = Math.Max(series.Head.LatestNs, time);
    }

    /// <summary>Appends the rows that are late, or those that are not.</summary>
    public void AppendTo(DuckDBAppender appender, bool late)
    {
        ReadOnlySpan<Cell> cells = CollectionsMarshal.AsSpan(_cells);
        for (int r = 0; r < _points.Count; r++)
        {
            (DuckDbSeries series, long time) = _points[r];
            if (_late[r] != late) continue;

            IDuckDBAppenderRow row = appender.CreateRow();
            int tag = 0, cell = r * table.Fields.Count;
            foreach (DuckDbColumn column in table.Columns)
            {
                if (column.Kind is DuckDbColumnKind.Time) row.AppendValue(time);
                else if (column.Kind is DuckDbColumnKind.Tag) row.AppendValue(series.Tags[tag++]);
                else Append(row, column.Type, cells[cell++]);
            }

            row.EndRow();
        }
    }

    public void Clear()
    {
        _points.Clear();
        _rows.Clear();
        _cells.Clear();
        _late.Clear();
    }

    private static void Append(IDuckDBAppenderRow row, FieldType type, in Cell cell)
    {
        if (!cell.HasValue) row.AppendNullValue();
        else if (type is FieldType.Float) row.AppendValue(BitConverter.Int64BitsToDouble(cell.Bits));
        else if (type is FieldType.Integer) row.AppendValue(cell.Bits);
        else if (type is FieldType.Boolean) row.AppendValue(cell.Bits != 0);
        else row.AppendValue(cell.Text);
    }
}
