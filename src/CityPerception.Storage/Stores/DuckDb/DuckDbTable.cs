using System.Text;
using CityPerception.Core.Schema;
using CityPerception.Core.Text;

namespace CityPerception.Storage.Stores.DuckDb;

internal enum DuckDbColumnKind { Time, Tag, Field }

internal readonly record struct DuckDbColumn(string Name, DuckDbColumnKind Kind, FieldType Type);

/// <summary>The table of a measurement as it is in the file: one row a point. Immutable; a changed schema makes a new one.</summary>
/// <remarks>
/// Columns: <c>time</c> (BIGINT, ns since 1970), the tags (VARCHAR, '' where the point lacks the tag), the fields (null
/// where it lacks the field). A tag is told from a text field by its default, ''.
/// </remarks>
internal sealed class DuckDbTable
{
    private readonly Dictionary<byte[], int> _tagIndex, _fieldIndex;
    private readonly byte[][] _fieldNames;

    public DuckDbTable(string database, string name, int number, IReadOnlyList<DuckDbColumn> columns, Measurement? declared)
    {
        Declared = declared;
        Database = database;
        Name = name;
        Columns = columns;
        Tags = [.. columns.Where(c => c.Kind is DuckDbColumnKind.Tag).Select(c => c.Name)];
        Fields = [.. columns.Where(c => c.Kind is DuckDbColumnKind.Field).Select(c => new FieldSchema { Name = c.Name, Type = c.Type })];
        FullName = $"{DuckDbSql.Name(database)}.main.{DuckDbSql.Name(name)}";
        StagingName = $"staging{number}";
        _fieldNames = [.. Fields.Select(f => Encoding.UTF8.GetBytes(f.Name))];
        _tagIndex = Index(Tags);
        _fieldIndex = Index(Fields.Select(f => f.Name));
    }

    /// <summary>What measurements.yaml says of it: a field that has had no value has no column. Null for a table that it no longer names.</summary>
    public Measurement? Declared { get; }

    public string Database { get; }

    public string Name { get; }

    /// <summary>In the table's own order, which an appender must keep: columns that came later stand at the end.</summary>
    public IReadOnlyList<DuckDbColumn> Columns { get; }

    public IReadOnlyList<string> Tags { get; }

    public IReadOnlyList<FieldSchema> Fields { get; }

    /// <summary>With its database, so that no temporary table is ever taken for it.</summary>
    public string FullName { get; }

    /// <summary>The temporary table that takes a batch before it is merged.</summary>
    public string StagingName { get; }

    /// <summary>With the table's columns in the table's order.</summary>
    public string CreateStaging => $"CREATE OR REPLACE TEMP TABLE {StagingName} AS FROM {FullName} LIMIT 0";

    /// <summary>The columns, in the words of the schema.</summary>
    public Measurement AsMeasurement() => new()
    {
        Name = Name,
        Sense = default,
        Tags = [.. Tags.Select(t => new TagSchema { Name = t })],
        Fields = Fields,
    };

    /// <summary>The tag's column among the tags, or −1.</summary>
    public int FindTag(ReadOnlySpan<byte> name) => Find(_tagIndex, name);

    /// <summary>The field's column among the fields, or −1. Lines hold fields in the order of their names, as tables mostly do: the guess is the one after the last.</summary>
    public int FindField(ReadOnlySpan<byte> name, int guess)
    {
        for (int i = guess; i < _fieldNames.Length; i++)
        {
            int order = _fieldNames[i].AsSpan().SequenceCompareTo(name);
            if (order == 0) return i;
            if (order > 0) break;
        }

        return Find(_fieldIndex, name);
    }

    /// <summary>
    /// Moves what is staged into the table. A point that is there already (same time, same tags) gets the new line's
    /// fields and keeps the others. The time range lets DuckDB skip all row groups outside it.
    /// </summary>
    public string Merge(long firstNs, long lastNs)
    {
        string same = string.Join(" AND ", Tags.Select(DuckDbSql.Name).Prepend("time").Select(c => $"t.{c} = s.{c}"));
        string set = string.Join(", ", Fields.Select(f => DuckDbSql.Name(f.Name)).Select(f => $"{f} = coalesce(s.{f}, t.{f})"));
        return $"MERGE INTO {FullName} AS t USING temp.main.{StagingName} AS s"
            + $" ON {same} AND t.time BETWEEN {DuckDbSql.Integer(firstNs)} AND {DuckDbSql.Integer(lastNs)}"
            + $" WHEN MATCHED THEN UPDATE SET {set} WHEN NOT MATCHED THEN INSERT";
    }

    /// <summary>The field of measurements.yaml that has no column yet, or null.</summary>
    public FieldSchema? FindDeclared(ReadOnlySpan<byte> name) => Declared?.FindField(Encoding.UTF8.GetString(name));

    private static int Find(Dictionary<byte[], int> index, ReadOnlySpan<byte> name) =>
        index.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out int at) ? at : -1;

    private static Dictionary<byte[], int> Index(IEnumerable<string> names)
    {
        var index = new Dictionary<byte[], int>(Utf8Comparer.Instance);
        foreach (string name in names) index.Add(Encoding.UTF8.GetBytes(name), index.Count);
        return index;
    }
}
