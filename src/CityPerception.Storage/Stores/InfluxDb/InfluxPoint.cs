using System.Collections.Immutable;
using System.Text.Json;
using CityPerception.Core.Queries;
using CityPerception.Core.Schema;

namespace CityPerception.Storage.Stores.InfluxDb;

/// <summary>Turns a row of an answer into a point. The types are the schema's: in JSON 54 may be a float.</summary>
internal static class InfluxPoint
{
    public static Point Read(JsonElement row, Dictionary<string, int> columns, Measurement measurement, IReadOnlyList<FieldSchema> fields)
    {
        ImmutableSortedDictionary<string, string>.Builder tags = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < measurement.Tags.Count; i++)
        {
            if (columns.TryGetValue($"t{i}", out int at) && row[at].GetString() is { Length: > 0 } value) tags.Add(measurement.Tags[i].Name, value);
        }

        ImmutableSortedDictionary<string, object>.Builder values = ImmutableSortedDictionary.CreateBuilder<string, object>(StringComparer.Ordinal);
        for (int i = 0; i < fields.Count; i++)
        {
            if (columns.TryGetValue($"f{i}", out int at) && Value(row[at], fields[i].Type) is { } value) values.Add(fields[i].Name, value);
        }

        return new Point(row[columns["time"]].GetInt64(), tags.ToImmutable(), values.ToImmutable());
    }

    // A value of another type than the schema's was written by somebody else, or before the schema changed: it is shown as it is.
    private static object? Value(JsonElement value, FieldType type) => value.ValueKind switch
    {
        JsonValueKind.Number when type is FieldType.Integer && value.TryGetInt64(out long integer) => integer,
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => value.GetString(),
        _ => null,
    };
}
