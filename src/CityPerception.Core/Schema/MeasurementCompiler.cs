using System.Collections.Frozen;
using System.Text;
using CityPerception.Core.Cities;
using CityPerception.Core.Configuration;

namespace CityPerception.Core.Schema;

/// <summary>Checks what the attributes of <see cref="MeasurementsFile"/> cannot say, and makes the catalog.</summary>
public sealed class MeasurementCompiler
{
    private const string Districts = "districts";

    private readonly MeasurementsFile _file;
    private readonly City _city;
    private readonly ConfigFaults _faults;

    private MeasurementCompiler(MeasurementsFile file, City city, ConfigFaults faults) => (_file, _city, _faults) = (file, city, faults);

    /// <summary>Reads measurements.yaml; null, with the faults noted, when anything is wrong.</summary>
    public static MeasurementCatalog? Read(string file, string yamlText, City city, ConfigFaults faults)
    {
        MeasurementsFile? bound = ConfigBinder.Bind<MeasurementsFile>(file, yamlText, faults);
        return bound is null ? null : Compile(bound, city, faults);
    }

    /// <summary>Makes the catalog; null, with the faults noted, when anything is wrong.</summary>
    public static MeasurementCatalog? Compile(MeasurementsFile file, City city, ConfigFaults faults)
    {
        int before = faults.All.Count;
        MeasurementCatalog catalog = CompileSoundPart(file, city, faults);
        return file.IsSound && faults.All.Count == before ? catalog : null;
    }

    /// <summary>Makes a catalog of what can be made, with the faults noted: good for finding those of other files, not for running.</summary>
    internal static MeasurementCatalog CompileSoundPart(MeasurementsFile file, City city, ConfigFaults faults) =>
        new([.. new MeasurementCompiler(file, city, faults).Compile()]);

    private Measurement[] Compile()
    {
        foreach (List<TagValueFile> values in _file.Values.Values) CheckValues(values, new TagSchema { Name = "" }.MaxBytes);
        // Each shared description is checked once, where it stands, and not again in every measurement.
        FieldSchema[] health = [.. _file.Health.Select(f => Field(f.Key, f.Value) with { IsHealth = true })];
        Dictionary<string, TagSchema> shared = _file.Tags.ToDictionary(t => t.Key, t => Tag(t.Key, t.Value));
        return [.. _file.Measurements.Select(m => Compile(m.Key, m.Value, health, shared))];
    }

    private Measurement Compile(string name, MeasurementFile file, FieldSchema[] health, Dictionary<string, TagSchema> shared)
    {
        SortedDictionary<string, FieldSchema> fields = Fields(file, health);
        SortedDictionary<string, TagSchema> tags = Tags(file, shared);
        foreach (string both in fields.Keys.Where(tags.ContainsKey))
        {
            _faults.Add(file.Has("tags") && file.Tags.ContainsKey(both) ? file.PlaceOf("tags", both) : file.PlaceOf("fields", both),
                file.KeyPath, $"{both} as a tag and as a field", "a name for one of the two: queries could not tell them apart");
        }
        return new Measurement
        {
            Name = name,
            Names = file.Name.ToNames(),
            Description = file.Description,
            Sense = file.Sense,
            Tags = [.. tags.Values],
            Fields = [.. fields.Values],
        };
    }

    private SortedDictionary<string, FieldSchema> Fields(MeasurementFile file, FieldSchema[] health)
    {
        var fields = new SortedDictionary<string, FieldSchema>(StringComparer.Ordinal);
        foreach ((string name, FieldFile written) in file.Fields)
        {
            FieldSchema field = Field(name, written);
            fields[name] = field;
            if (field.Type != FieldType.Float || !written.Statistics) continue;
            foreach (Statistic statistic in file.Statistics)
                fields.TryAdd($"{name}_{Suffix(statistic)}", field with { Name = $"{name}_{Suffix(statistic)}", Names = Named(field, statistic) });
        }
        if (file.Location)
        {
            AddCoordinate(file, fields, "lat", new Names("纬度", "latitude"), _city.Bounds.South, _city.Bounds.North);
            AddCoordinate(file, fields, "lon", new Names("经度", "longitude"), _city.Bounds.West, _city.Bounds.East);
        }
        if (file.Sense == Sense.Thing)
        {
            foreach (FieldSchema field in health) fields.TryAdd(field.Name, field);
        }
        return fields;
    }

    private void AddCoordinate(MeasurementFile file, SortedDictionary<string, FieldSchema> fields, string name, Names names, double min, double max)
    {
        if (!fields.TryAdd(name, new FieldSchema { Name = name, Names = names, Unit = "deg", Min = min, Max = max }))
            _faults.Add(file.PlaceOf("fields", name), file.KeyPath, $"the field {name} beside location: true", $"{name} from location alone");
    }

    private static string Suffix(Statistic statistic) => statistic switch
    {
        Statistic.Min => "min",
        Statistic.Avg => "avg",
        _ => "max",
    };

    private static Names? Named(FieldSchema field, Statistic statistic) => field.Names is not { } names ? null : statistic switch
    {
        Statistic.Min => new Names(names.Zh + "最小值", names.En + ", minimum"),
        Statistic.Avg => new Names(names.Zh + "平均值", names.En + ", mean"),
        _ => new Names(names.Zh + "最大值", names.En + ", maximum"),
    };

    private FieldSchema Field(string name, FieldFile file)
    {
        bool number = file.Type is FieldType.Float or FieldType.Integer;
        if (file.Unit is not null && !number) _faults.Add(file, "unit", $"a unit for a {Word(file.Type)}", "units for float and integer");
        else if (file.Unit is not null && Units.Find(file.Unit) is null)
            _faults.Add(file, "unit", $"the unknown unit {ConfigScalar.Quote(file.Unit)}", "a unit of the table, such as ug/m3, mg/L, Cel, %", Units.Closest(file.Unit));
        if (file.Range is not null && !number) _faults.Add(file, "range", $"a range for a {Word(file.Type)}", "ranges for float and integer");
        else if (file.Range is [double min, double max] && min > max)
            _faults.Add(file, "range", "its ends exchanged", "the smallest value first");
        if (file.Mask && file.Type != FieldType.String) _faults.Add(file, "mask", $"mask for a {Word(file.Type)}", "mask for string");
        if (file.MaxBytes is not null && file.Type != FieldType.String) _faults.Add(file, "max_bytes", $"max_bytes for a {Word(file.Type)}", "max_bytes for string");

        var field = new FieldSchema
        {
            Name = name,
            Names = file.Name?.ToNames(),
            Description = file.Description,
            Type = file.Type,
            Unit = file.Unit is null ? null : Units.Find(file.Unit)?.Name,
            Min = file.Range?[0],
            Max = file.Range?[1],
            Mask = file.Mask,
        };
        return file.MaxBytes is { } bytes ? field with { MaxBytes = bytes } : field;
    }

    private static string Word(FieldType type) => type.ToString().ToLowerInvariant();

    private SortedDictionary<string, TagSchema> Tags(MeasurementFile file, Dictionary<string, TagSchema> shared)
    {
        var tags = new SortedDictionary<string, TagSchema>(StringComparer.Ordinal);
        foreach ((string name, TagFile written) in _file.Tags)
        {
            if (written.Senses.Count == 0 || written.Senses.Contains(file.Sense)) tags[name] = shared[name];
        }
        foreach ((string name, TagFile written) in file.Tags) tags[name] = Tag(name, written);
        // What a measurement is felt with is a fact of it; the tag says so on every point.
        if (tags.TryGetValue("sense", out TagSchema? sense)) tags["sense"] = sense with { Values = [file.Sense.ToString().ToLowerInvariant()] };
        return tags;
    }

    private TagSchema Tag(string name, TagFile file)
    {
        var schema = new TagSchema { Name = name, Names = file.Name?.ToNames(), MaxBytes = file.MaxBytes };
        if (file.Values.Count == 0) return schema;
        if (file.IsList("values"))
        {
            CheckValues(file.Values, file.MaxBytes);
            return WithValues(schema, file.Values);
        }

        string list = file.Values[0].Value;
        if (list == Districts)
        {
            return schema with
            {
                Values = _city.DistrictValues,
                ValueNames = _city.Districts.Select(d => KeyValuePair.Create(d.Code, d.Names))
                    .Append(KeyValuePair.Create(_city.Code, _city.Names)).ToFrozenDictionary(),
            };
        }
        if (_file.Values.TryGetValue(list, out List<TagValueFile>? values)) return WithValues(schema, values);
        _faults.Add(file, "values", $"the unknown list {list}", "a list of values in [ ], districts, or an entry of values: " +
            string.Join(", ", _file.Values.Keys), Suggest.Closest(list, _file.Values.Keys.Append(Districts)));
        return schema;
    }

    private void CheckValues(List<TagValueFile> values, int maxBytes)
    {
        var seen = new HashSet<string>();
        foreach (TagValueFile value in values.Where(v => v.IsSound))
        {
            if (!seen.Add(value.Value)) _faults.Add(value, "value", $"the value {value.Value} again", "every value once");
            if (Encoding.UTF8.GetByteCount(value.Value) > maxBytes)
                _faults.Add(value, "value", $"a value of more than {maxBytes} bytes", "values within the tag's max_bytes");
        }
    }

    private static TagSchema WithValues(TagSchema schema, List<TagValueFile> values) => schema with
    {
        Values = [.. values.Select(v => v.Value)],
        ValueNames = values.Where(v => v is { Zh: not null, En: not null })
            .DistinctBy(v => v.Value).ToFrozenDictionary(v => v.Value, v => new Names(v.Zh!, v.En!)),
    };
}
