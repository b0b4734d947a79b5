using System.Runtime.InteropServices;
using CityPerception.Core.Schema;
using DuckDB.NET.Data;

namespace CityPerception.Storage.Stores.DuckDb;

/// <summary>A series of a table: the values of its tags in the order of the table's columns, '' for a tag it lacks.</summary>
internal sealed class DuckDbSeries(DuckDbTable table, string[] tags)
{
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

    private struct Cell
    {
        public bool HasValue;
        public long Bits;
        public string? Text;
    }

    public int Count => _points.Count;

    public long FirstNs { get; private set; } = long.MaxValue;

    public long LastNs { get; private set; } = long.MinValue;

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
            FirstNs = Math.Min(FirstNs, time);
            LastNs = Math.Max(LastNs, time);
        }

        Span<Cell> cells = CollectionsMarshal.AsSpan(_cells).Slice(row * width, width);
        foreach (StagedValue value in values) cells[value.Field] = new Cell { HasValue = true, Bits = value.Bits, Text = value.Text };
    }

    /// <summary>Appends the rows whose time lies in this range, both ends included.</summary>
    public void AppendTo(DuckDBAppender appender, long firstNs, long lastNs)
    {
        ReadOnlySpan<Cell> cells = CollectionsMarshal.AsSpan(_cells);
        for (int r = 0; r < _points.Count; r++)
        {
            (DuckDbSeries series, long time) = _points[r];
            if (time < firstNs || time > lastNs) continue;

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
        (FirstNs, LastNs) = (long.MaxValue, long.MinValue);
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
