using System.Text;
using CityPerception.Core.Configuration;
using nietras.SeparatedValues;

namespace CityPerception.Core.Lookups;

/// <summary>Reads lookups/*.csv: RFC 4180 with commas and comments (#), the first line names the columns, the first column is the key.</summary>
public static class LookupReader
{
    public const int MaxRows = 1_000_000;
    public const int MaxColumns = 100;

    /// <summary>A table with one wrong row often has thousands.</summary>
    private const int MaxFaults = 20;

    /// <summary>Reads a table; null, with the faults noted, when anything is wrong.</summary>
    /// <param name="file">As faults should show it; the table's name is the file's without folder and ending.</param>
    /// <param name="csv">The text of the file.</param>
    /// <param name="faults">Takes what is wrong: at most 20 of one table, and a word that there are more.</param>
    /// <param name="minColumns">A lookup needs a column beside its key; a list does with one.</param>
    public static LookupTable? Read(string file, string csv, ConfigFaults faults, int minColumns = 2) => Read(file, csv, faults, out _, minColumns);

    /// <summary>Reads a table whose rows are checked further.</summary>
    /// <param name="file">As faults should show it.</param>
    /// <param name="csv">The text of the file.</param>
    /// <param name="faults">Takes what is wrong.</param>
    /// <param name="lines">The line of each row in the file, from 1.</param>
    /// <param name="minColumns">So many columns it needs.</param>
    internal static LookupTable? Read(string file, string csv, ConfigFaults faults, out IReadOnlyList<int> lines, int minColumns = 2)
    {
        lines = [];
        string text = csv.TrimStart('\uFEFF');
        if (string.IsNullOrWhiteSpace(text))
        {
            faults.Add(new ConfigPlace(file, 1, 1), "", "an empty file", "a first line with the names of the columns, the key's first");
            return null;
        }
        var reading = new Reading(file, faults, minColumns);
        try
        {
            LookupTable? table = reading.Read(text);
            lines = reading.Lines;
            return table;
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException or ArgumentException)
        {
            // Sep's limits: a row longer than 16 MB, or one whose quotes never end.
            faults.Add(new ConfigPlace(file, reading.Line, 1), "", $"no CSV ({e.Message})", "RFC 4180: commas, and quotes that end");
            return null;
        }
    }

    private sealed class Reading(string file, ConfigFaults faults, int minColumns)
    {
        private readonly List<int> _ends = [];
        private readonly List<int> _lines = [];
        private byte[] _cells = [];
        private int _length;
        private int _faultCount;

        public int Line { get; private set; } = 1;

        public IReadOnlyList<int> Lines => _lines;

        public LookupTable? Read(string text)
        {
            // Ragged rows are our faults, with our words, and not the reader's exceptions.
            using SepReader reader = Sep.New(',').Reader(o => o with { HasHeader = false, Unescape = true, DisableColCountCheck = true }).FromText(text);
            List<string>? columns = null;
            foreach (SepReader.Row row in reader)
            {
                // The reader says 2 for a first row without a header of its own.
                Line = row.RowIndex == 0 ? 1 : row.LineNumberFrom;
                if ((row.ColCount == 1 && row[0].Span.Trim().IsEmpty) || row[0].Span.StartsWith('#')) continue; // blank, or a comment
                if (columns is null)
                {
                    columns = Header(row);
                    continue;
                }
                if (row.ColCount != columns.Count) Fault($"{row.ColCount} cells", $"{columns.Count}, one for each of {string.Join(",", columns)}");
                else if (_lines.Count == MaxRows) Fault($"more than {MaxRows} rows", $"at most {MaxRows}");
                else if (row[0].Span.Trim().IsEmpty) Fault("an empty key", $"a key in the column {columns[0]}");
                else Take(row);
                if (_faultCount > MaxFaults) return null;
            }
            return columns is null ? null : Build(columns);
        }

        private List<string> Header(SepReader.Row row)
        {
            List<string> columns = [];
            for (int i = 0; i < row.ColCount; i++) columns.Add(row[i].ToString().Trim());
            foreach (string twice in columns.GroupBy(c => c).Where(g => g.Count() > 1).Select(g => g.Key).ToArray())
                Fault($"the column {ConfigScalar.Quote(twice)} more than once", "every column once, with a name");
            if (columns.Count > 1 && columns.Contains("")) Fault("a column without a name", "a name for every column");
            if (columns.Count < minColumns) Fault("one column", "a key and at least one column more, between commas");
            if (columns.Count > MaxColumns) Fault($"{columns.Count} columns", $"at most {MaxColumns}");
            return columns;
        }

        private void Take(SepReader.Row row)
        {
            for (int i = 0; i < row.ColCount; i++)
            {
                ReadOnlySpan<char> cell = row[i].Span.Trim();
                int most = Encoding.UTF8.GetMaxByteCount(cell.Length);
                if (_length + most > _cells.Length) Array.Resize(ref _cells, Math.Max(_length + most, checked(_cells.Length * 2)));
                _length += Encoding.UTF8.GetBytes(cell, _cells.AsSpan(_length));
                _ends.Add(_length);
            }
            _lines.Add(Line);
        }

        private LookupTable? Build(List<string> columns)
        {
            byte[] cells = _cells.AsSpan(0, _length).ToArray();
            int[] ends = [.. _ends];
            var rows = new HashSet<int>(_lines.Count, new LookupTable.KeyComparer(cells, ends, columns.Count));
            for (int row = 0; row < _lines.Count; row++)
            {
                if (rows.Add(row)) continue;
                rows.TryGetValue(row, out int first);
                int start = row == 0 ? 0 : ends[row * columns.Count - 1];
                string key = Encoding.UTF8.GetString(cells, start, ends[row * columns.Count] - start);
                Line = _lines[row];
                Fault($"the key {ConfigScalar.Quote(key)} again (first in line {_lines[first]})", "every key once");
                if (_faultCount > MaxFaults) break;
            }
            if (_faultCount > 0) return null;
            return new LookupTable(Path.GetFileNameWithoutExtension(file), columns, cells, ends, rows, _lines);
        }

        private void Fault(string found, string allowed)
        {
            _faultCount++;
            if (_faultCount <= MaxFaults) faults.Add(new ConfigPlace(file, Line, 1), "", found, allowed);
            else if (_faultCount == MaxFaults + 1) faults.Add(new ConfigPlace(file, Line, 1), "", "more faults", $"none; the first {MaxFaults} are shown");
        }
    }
}
