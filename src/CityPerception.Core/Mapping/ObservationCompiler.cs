using CityPerception.Core.Cities;
using CityPerception.Core.Configuration;
using CityPerception.Core.Mapping.Expressions;
using CityPerception.Core.Mapping.Paths;
using CityPerception.Core.Mapping.Plans;
using CityPerception.Core.Mapping.Values;
using CityPerception.Core.Observations;
using CityPerception.Core.Schema;
using CityPerception.Core.Text;

namespace CityPerception.Core.Mapping;

/// <summary>Compiles the observations of one source against the schema.</summary>
internal sealed class ObservationCompiler(
    SourceFile source, MeasurementCatalog catalog, City city, ScopeBuilder scopes, ValueCompiler values, ConfigFaults faults)
{
    public ObservationPlan? Compile(ObservationFile file)
    {
        if (!catalog.ByName.TryGetValue(file.Measurement, out Measurement? measurement))
        {
            string[] known = [.. catalog.ByName.Keys.Order()];
            faults.Add(file, "measurement", $"\"{file.Measurement}\"", "one of measurements.yaml", Suggest.Closest(file.Measurement, known));
            return null;
        }

        if (file.Fields.Count == 0 && file.Members is null && file.Location is null)
            faults.Add(file, "fields", "no fields", "at least one field, or members");
        var rule = DeviceRule.Of(source);
        if (rule is not null && !file.Tags.ContainsKey(DeviceRule.Tag))
            faults.Add(file, "tags", "no tag device", "the tag device, which unknown and sender of the source are about");

        return new ObservationPlan
        {
            When = file.When is null ? null : values.CompileCondition(file, "when", file.When),
            Time = CompileTime(file),
            IsEvent = source.Sense == Sense.Human,
            OmitsEmpty = file.Empty is InvalidPolicy.Omit,
            Id = file.Id is null ? null : values.Compile(file.Id, "id", required: false),
            Series = new SeriesPlan(measurement.Name, CompileTags(file, measurement), rule is not null),
            Device = rule,
            Fields = CompileFields(file, measurement),
            Location = CompileLocation(file, measurement),
            Members = CompileMembers(file, measurement),
            MarksArrival = measurement.FindField("ts_source") is not null,
            MarksSuggestion = measurement.FindField("suggested") is not null,
        };
    }

    private TagPlan[] CompileTags(ObservationFile file, Measurement measurement)
    {
        var plans = new SortedDictionary<string, TagPlan>(StringComparer.Ordinal);
        foreach ((string name, string value) in new[] { ("sense", source.Sense == Sense.Human ? "human" : "thing"), ("source", source.Source) })
        {
            if (measurement.FindTag(name) is { } own)
                plans[name] = new TagPlan(own, ValueCompiler.Constant(value, name));
        }

        foreach ((string name, ValueFile value) in file.Tags)
        {
            TagSchema? tag = measurement.FindTag(name);
            if (tag is null || name is "sense" or "source")
            {
                string[] known = [.. measurement.Tags.Select(t => t.Name).Where(t => t is not ("sense" or "source"))];
                faults.Add(file.PlaceOf("tags", name), $"{file.PathOf("tags")}.{name}", $"the tag {name}", $"the tags of {measurement.Name}: {string.Join(", ", known)}", Suggest.Closest(name, known));
                continue;
            }

            if (value.Const is { } constant && tag.Values.Count > 0 && !tag.Values.Contains(constant.Text))
                faults.Add(value, "const", $"\"{constant.Text}\"", string.Join(", ", tag.Values), Suggest.Closest(constant.Text, tag.Values));
            if (value.Unit is not null) faults.Add(value, "unit", "a unit", "no unit: tags are texts");
            if (value.Suggest is not null && measurement.FindField("suggested") is null)
                faults.Add(value, "suggest", "suggest", $"it where the measurement has the field suggested, which says so; {measurement.Name} has none");
            plans[name] = new TagPlan(tag, values.Compile(value, name, required: true, tag: tag), name == DeviceRule.Tag && DeviceRule.Of(source) is not null);
        }

        return [.. plans.Values];
    }

    private FieldPlan[] CompileFields(ObservationFile file, Measurement measurement)
    {
        var plans = new SortedDictionary<string, FieldPlan>(StringComparer.Ordinal);
        foreach ((string name, ValueFile value) in file.Fields)
        {
            FieldSchema? field = measurement.FindField(name);
            if (field is null)
            {
                string[] known = [.. measurement.Fields.Select(f => f.Name)];
                faults.Add(file.PlaceOf("fields", name), $"{file.PathOf("fields")}.{name}", $"the field {name}", $"the fields of {measurement.Name}: {string.Join(", ", known)}", Suggest.Closest(name, known));
                continue;
            }

            plans[name] = new FieldPlan(field, values.Compile(value, name, required: false, field));
        }

        return [.. plans.Values];
    }

    private TimePlan CompileTime(ObservationFile file)
    {
        TimeFile time = file.Time ?? new TimeFile { Received = true };
        TimeForm form = time.As switch
        {
            "auto" => TimeForm.Auto,
            "unix-s" => TimeForm.Seconds,
            "unix-ms" => TimeForm.Milliseconds,
            "unix-us" => TimeForm.Microseconds,
            "unix-ns" => TimeForm.Nanoseconds,
            "iso-8601" => TimeForm.Iso,
            "excel" => TimeForm.Excel,
            _ => TimeForm.Pattern,
        };
        TimePattern? pattern = form == TimeForm.Pattern ? TimePattern.TryCreate(time.As) : null;
        if (form == TimeForm.Pattern && pattern is null)
        {
            string[] known = ["auto", "unix-s", "unix-ms", "unix-us", "unix-ns", "iso-8601", "excel"];
            faults.Add(time, "as", $"\"{time.As}\"", string.Join(", ", known) + ", or a pattern such as yyyyMMddHHmmss", Suggest.Closest(time.As, known));
        }

        bool elseReceived = time.Else?.Text == "received";
        return new TimePlan
        {
            // Arrival is exact in nanoseconds only as itself, so it does not go through a value.
            Value = time.Received == true
                ? new ValuePlan { Origin = ExpressionCompiler.Nothing, Where = "time" }
                : values.Compile(elseReceived ? WithoutElse(time) : time, "time", required: false),
            Form = form,
            Pattern = pattern,
            Zone = FindZone(time, time.Zone) ?? FindZone(source, source.Zone) ?? city.Zone,
            ElseReceived = elseReceived || time.Received == true,
            EarliestNs = city.EarliestNs,
            AheadNs = (source.Ahead ?? city.Ahead).Ticks * ObservationTime.NsPerTick,
        };
    }

    private static TimeFile WithoutElse(TimeFile time)
    {
        time.Else = null;
        return time;
    }

    private TimeZoneInfo? FindZone(ConfigSection section, string? name)
    {
        if (name is null) return null;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone)) return zone;
        faults.Add(section, "zone", $"\"{name}\"", "an IANA zone: Asia/Shanghai, UTC");
        return null;
    }

    private LocationPlan? CompileLocation(ObservationFile file, Measurement measurement)
    {
        if (file.Location is not { } location) return null;
        if (measurement.FindField("lat") is null || measurement.FindField("lon") is null)
            faults.Add(file, "location", "a location", $"none: {measurement.Name} has no fields lat and lon");

        return new LocationPlan
        {
            Lat = values.Compile(location.Lat, "lat", required: false),
            Lon = values.Compile(location.Lon, "lon", required: false),
            Datum = location.Datum,
            Bounds = city.Bounds,
            Required = location.Required,
            OmitInvalid = location.Invalid == InvalidPolicy.Omit,
        };
    }

    private MembersPlan? CompileMembers(ObservationFile file, Measurement measurement)
    {
        if (file.Members is not { } members) return null;
        MappingPath? path = MappingGrammar.ParsePath(members.Path);
        bool isElement = path is { Up: 0, IsKey: false, Segments.IsEmpty: true };
        if (path is null || (!isElement && (path.Segments is not [.., PathSegment.Any] || path.Segments.Count(s => s is PathSegment.Any) != 1)))
        {
            faults.Add(members, "path", $"\"{members.Path}\"", "a path with one wildcard, at its end: $.data.*; or @, where the element itself is the one field");
            return null;
        }

        if (!isElement && !scopes.TryOpen(path))
        {
            faults.Add(members, "path", $"\"{members.Path}\"", "a path from $, @ or an element around it");
            return null;
        }

        ValuePlan name = values.Compile(members.Name ?? new ValueFile { Path = "@~" }, "name", required: true);
        int? scope = isElement ? null : scopes.Innermost;
        var targets = new Dictionary<string, (FieldPlan, ValuePlan, int)>();
        for (int i = 0; i < measurement.Fields.Count; i++)
        {
            FieldSchema field = measurement.Fields[i];
            ValuePlan value = values.Compile(members.Value ?? new ValueFile { Path = "@" }, field.Name, required: false, field, quiet: members.Value?.Unit is not null);
            targets.Add(field.Name, (new FieldPlan(field, value), value, i));
        }

        foreach ((string inData, string fieldName) in members.Map ?? [])
        {
            if (targets.TryGetValue(fieldName, out (FieldPlan, ValuePlan, int) target)) targets[inData] = target;
            else faults.Add(members, "map", $"the field {fieldName}", $"a field of {measurement.Name}", Suggest.Closest(fieldName, [.. measurement.Fields.Select(f => f.Name)]));
        }

        if (!isElement) scopes.Close();
        return new MembersPlan
        {
            Scope = scope,
            Name = name,
            Fields = new Utf8Map<(FieldPlan, ValuePlan, int)>(targets),
            Path = members.Path,
            OmitUnknown = members.Unknown == InvalidPolicy.Omit,
        };
    }
}
