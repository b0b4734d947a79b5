using System.Text;
using CityPerception.Core.Schema;
using CityPerception.Core.Text;

namespace CityPerception.Core.LineProtocol.Intake;

/// <summary>A measurement of the schema, prepared to be asked in UTF-8.</summary>
internal sealed class IntakePlan
{
    private readonly Utf8Map<int> _tagIndex, _fieldIndex;

    public IntakePlan(Measurement measurement)
    {
        Schema = measurement;
        Key = LineKey.OfMeasurement(Encoding.UTF8.GetBytes(measurement.Name));
        // Every line has these two, whether the schema speaks of them or not.
        string[] given = ["sense", "source"];
        IEnumerable<TagSchema> tags = measurement.Tags.Concat(given.Where(n => measurement.FindTag(n) is null).Select(n => new TagSchema { Name = n }));
        Tags = [.. tags.OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => new IntakeTag(t))];
        Fields = [.. measurement.Fields.OrderBy(f => f.Name, StringComparer.Ordinal).Select(f => new IntakeField(f))];
        _tagIndex = new(Tags.Select((t, i) => KeyValuePair.Create(t.Schema.Name, i)));
        _fieldIndex = new(Fields.Select((f, i) => KeyValuePair.Create(f.Schema.Name, i)));
        SenseTag = Array.FindIndex(Tags, t => t.Schema.Name == "sense");
        SourceTag = Array.FindIndex(Tags, t => t.Schema.Name == "source");
        TimeSourceField = Array.FindIndex(Fields, f => f.Schema is { Name: "ts_source", Type: FieldType.String });
        Sense = measurement.Sense switch
        {
            Core.Schema.Sense.Human => "human"u8.ToArray(),
            Core.Schema.Sense.Thing => "thing"u8.ToArray(),
            _ => "platform"u8.ToArray(),
        };
    }

    public Measurement Schema { get; }

    public LineKey Key { get; }

    /// <summary>The value of the tag <c>sense</c>.</summary>
    public byte[] Sense { get; }

    /// <summary>In the order in which they are written.</summary>
    public IntakeTag[] Tags { get; }

    /// <summary>In the order in which they are written.</summary>
    public IntakeField[] Fields { get; }

    public int SenseTag { get; }

    public int SourceTag { get; }

    /// <summary>The field that marks times which are the arrival's, or −1 where the measurement has none.</summary>
    public int TimeSourceField { get; }

    /// <summary>The tag's place in <see cref="Tags"/>, or −1.</summary>
    public int FindTag(ReadOnlySpan<byte> name) => _tagIndex.TryGet(name, out int index) ? index : -1;

    /// <summary>The field's place in <see cref="Fields"/>, or −1.</summary>
    public int FindField(ReadOnlySpan<byte> name) => _fieldIndex.TryGet(name, out int index) ? index : -1;
}

internal sealed class IntakeTag(TagSchema schema)
{
    private readonly Utf8Map<bool>? _allowed = schema.Values.Count == 0 ? null : new(schema.Values.Select(v => KeyValuePair.Create(v, true)));

    public TagSchema Schema { get; } = schema;

    public LineKey Key { get; } = new(Encoding.UTF8.GetBytes(schema.Name));

    public bool Allows(ReadOnlySpan<byte> value) => value.Length <= Schema.MaxBytes && (_allowed is null || _allowed.TryGet(value, out _));
}

internal sealed class IntakeField(FieldSchema schema)
{
    public FieldSchema Schema { get; } = schema;

    public LineKey Key { get; } = new(Encoding.UTF8.GetBytes(schema.Name));
}
