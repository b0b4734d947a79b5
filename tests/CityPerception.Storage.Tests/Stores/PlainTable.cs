using System.Collections.Immutable;
using System.Globalization;
using CityPerception.Core.Queries;
using CityPerception.Storage.Stores;

namespace CityPerception.Storage.Tests.Stores;

/// <summary>The points of a measurement, by time and then by series.</summary>
internal sealed class PlainTable
{
    private readonly List<PlainPoint> _points = [];

    /// <summary>Adds a point, or its fields to the one that is there.</summary>
    public void Put(long time, SortedDictionary<string, string> tags, Dictionary<string, object> fields)
    {
        // U+0001 stands in no canonical line.
        var point = new PlainPoint(time, string.Concat(tags.Select(static t => $"{t.Key}\u0001{t.Value}\u0001")), tags, fields);
        int at = _points.BinarySearch(point);
        if (at < 0)
        {
            _points.Insert(~at, point);
            return;
        }

        foreach ((string name, object value) in fields) _points[at].Fields[name] = value;
    }

    public IEnumerable<PlainPoint> Between(QueryRange range)
    {
        int at = _points.BinarySearch(new PlainPoint(range.FirstNs, "", [], []));
        for (at = at < 0 ? ~at : at; at < _points.Count && _points[at].TimeNs <= range.LastNs; at++) yield return _points[at];
    }

    public void Remove(HashSet<PlainPoint> points) => _points.RemoveAll(points.Contains);
}

/// <summary>A point.</summary>
/// <param name="TimeNs">When.</param>
/// <param name="Series">The same for the same tags.</param>
/// <param name="Tags">Those that it has.</param>
/// <param name="Fields">Those that it has.</param>
internal sealed record PlainPoint(long TimeNs, string Series, SortedDictionary<string, string> Tags, Dictionary<string, object> Fields) : IComparable<PlainPoint>
{
    public int CompareTo(PlainPoint? other) => TimeNs != other!.TimeNs ? TimeNs.CompareTo(other.TimeNs) : string.CompareOrdinal(Series, other.Series);

    public bool Equals(PlainPoint? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => TimeNs.GetHashCode();

    public bool Meets(ImmutableArray<Filter> where)
    {
        foreach (Filter filter in where)
        {
            if (!Meets(filter)) return false;
        }

        return true;
    }

    /// <summary>The field as a number; null where it has none.</summary>
    public double? Number(string field) => Fields.GetValueOrDefault(field) switch
    {
        null => null,
        string => 1, // of texts only the count is asked for
        var value => Convert.ToDouble(value, CultureInfo.InvariantCulture),
    };

    public Point AsPoint(ImmutableArray<string> fields) => new(
        TimeNs,
        Tags.ToImmutableSortedDictionary(StringComparer.Ordinal),
        (fields.IsDefaultOrEmpty ? Fields : Fields.Where(f => fields.Contains(f.Key))).ToImmutableSortedDictionary(StringComparer.Ordinal));

    private bool Meets(Filter filter) => filter switch
    {
        Filter.Tag tag => tag.Values.Contains(Tags.GetValueOrDefault(tag.Name, "")) != tag.Not,
        Filter.Text text => Fields.GetValueOrDefault(text.Field) is string value && value == text.Value != text.Not,
        Filter.AnyText any => Fields.GetValueOrDefault(any.Field) is string value && any.Values.Contains(value),
        Filter.Number number => Number(number.Field) is { } value && number.Comparison switch
        {
            Comparison.Equal => value == number.Value,
            Comparison.NotEqual => value != number.Value,
            Comparison.Less => value < number.Value,
            Comparison.LessOrEqual => value <= number.Value,
            Comparison.Greater => value > number.Value,
            _ => value >= number.Value,
        },
        _ => throw new ArgumentException($"Unknown kind of filter: {filter}."),
    };
}
