using System.IO.Hashing;
using System.Text;

namespace CityPerception.Core.Lookups;

/// <summary>
/// A table by its first column: device → district, grid, position. Immutable, and safe to read from many threads.
/// </summary>
/// <remarks>
/// All cells lie in one array of UTF-8, so a table of a million rows is a few large objects and not millions of small
/// ones, and finding a row allocates nothing.
/// </remarks>
public sealed class LookupTable
{
    private readonly byte[] _cells;
    private readonly int[] _ends;
    private readonly HashSet<int>.AlternateLookup<ReadOnlySpan<byte>> _rowByKey;

    /// <param name="name">As sources name it.</param>
    /// <param name="columns">Their names, the key's first.</param>
    /// <param name="cells">All cells, row by row.</param>
    /// <param name="ends">Where in <paramref name="cells"/> each ends.</param>
    /// <param name="rows">The rows by key, made with <see cref="KeyComparer"/>.</param>
    /// <param name="lines">The line of each row in the file, from 1.</param>
    internal LookupTable(string name, IReadOnlyList<string> columns, byte[] cells, int[] ends, HashSet<int> rows, IReadOnlyList<int> lines)
    {
        Lines = lines;
        Name = name;
        Columns = columns;
        _cells = cells;
        _ends = ends;
        _rowByKey = rows.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public string Name { get; }

    /// <summary>The header: the key's column first.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The line of each row in the file, from 1, for those who check what stands there.</summary>
    internal IReadOnlyList<int> Lines { get; }

    public int Count => _rowByKey.Set.Count;

    /// <summary>The column's index for <see cref="LookupRow.Get(int)"/>, or −1.</summary>
    public int FindColumn(string name)
    {
        for (int i = 0; i < Columns.Count; i++)
        {
            if (Columns[i] == name) return i;
        }
        return -1;
    }

    /// <summary>The row of a key, or null. Allocates nothing.</summary>
    public LookupRow? Find(ReadOnlySpan<byte> utf8Key) =>
        _rowByKey.TryGetValue(utf8Key, out int row) ? new LookupRow(this, row) : null;

    /// <summary>Whether every cell is the same.</summary>
    public bool SaysSame(LookupTable other) => Columns.SequenceEqual(other.Columns) && _ends.AsSpan().SequenceEqual(other._ends) && _cells.AsSpan().SequenceEqual(other._cells);

    /// <summary>Every row, in the order of the file.</summary>
    public IEnumerable<LookupRow> Rows => Enumerable.Range(0, Count).Select(row => new LookupRow(this, row));

    internal ReadOnlySpan<byte> Cell(int row, int column)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)column, (uint)Columns.Count, nameof(column));
        return CellAt(_cells, _ends, row * Columns.Count + column);
    }

    private static ReadOnlySpan<byte> CellAt(byte[] cells, int[] ends, int index)
    {
        int start = index == 0 ? 0 : ends[index - 1];
        return cells.AsSpan(start, ends[index] - start);
    }

    /// <summary>Compares rows by their keys, and keys with rows.</summary>
    internal sealed class KeyComparer(byte[] cells, int[] ends, int columns) : IEqualityComparer<int>, IAlternateEqualityComparer<ReadOnlySpan<byte>, int>
    {
        public bool Equals(int x, int y) => KeyOf(x).SequenceEqual(KeyOf(y));

        public int GetHashCode(int row) => GetHashCode(KeyOf(row));

        public bool Equals(ReadOnlySpan<byte> key, int row) => key.SequenceEqual(KeyOf(row));

        public int GetHashCode(ReadOnlySpan<byte> key) => (int)XxHash3.HashToUInt64(key);

        public int Create(ReadOnlySpan<byte> key) => throw new NotSupportedException("Rows come from the file alone.");

        private ReadOnlySpan<byte> KeyOf(int row) => CellAt(cells, ends, row * columns);
    }
}

/// <summary>A row of a table.</summary>
public readonly struct LookupRow
{
    private readonly LookupTable _table;
    private readonly int _row;

    internal LookupRow(LookupTable table, int row) => (_table, _row) = (table, row);

    /// <summary>A cell's UTF-8 bytes, empty where the file has nothing; column 0 is the key.</summary>
    public ReadOnlySpan<byte> Get(int column) => _table.Cell(_row, column);

    /// <summary>A cell's text by the name of its column; empty where there is no such column or nothing in it.</summary>
    public string Get(string column) => _table.FindColumn(column) is >= 0 and var index ? Encoding.UTF8.GetString(_table.Cell(_row, index)) : "";
}
