using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CityPerception.Core.Configuration;

/// <summary>Says in JSON Schema (draft 2020-12) what <see cref="ConfigBinder"/> accepts, for editors.</summary>
public static class ConfigSchema
{
    private static readonly JsonSerializerOptions Written = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a file for people, not for HTML
    };

    /// <summary>The schema of files that bind to a class.</summary>
    public static JsonObject For<T>(string title)
        where T : ConfigSection, new()
    {
        var definitions = new ConfigSchemaDefinitions();
        JsonObject root = definitions.Refer(ConfigShape.Of(typeof(T)));
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = title,
        };
        foreach ((string name, JsonNode? value) in root) schema[name] = value?.DeepClone();
        schema["$defs"] = definitions.ToJson();
        return schema;
    }

    /// <summary>The schema as the text of a file.</summary>
    public static string ToText(JsonObject schema) => schema.ToJsonString(Written).ReplaceLineEndings("\n") + "\n";
}

/// <summary>The definitions of a schema: a section's class each, since sections may contain themselves.</summary>
internal sealed class ConfigSchemaDefinitions
{
    private readonly SortedDictionary<string, JsonObject> _byName = new(StringComparer.Ordinal);

    public JsonObject Refer(ConfigShape shape)
    {
        string name = NameOf(shape.Type);
        if (_byName.TryAdd(name, [])) _byName[name] = Define(shape);
        return new JsonObject { ["$ref"] = $"#/$defs/{name}" };
    }

    public JsonObject ToJson() => new(_byName.Select(d => KeyValuePair.Create<string, JsonNode?>(d.Key, d.Value)));

    private static string NameOf(Type type)
    {
        string name = type.Name.EndsWith("File", StringComparison.Ordinal) ? type.Name[..^"File".Length] : type.Name;
        return JsonNamingPolicy.KebabCaseLower.ConvertName(name);
    }

    private JsonObject Define(ConfigShape shape)
    {
        JsonObject mapping = DefineMapping(shape);
        JsonObject definition = shape.Shorthand is { } shorthand && (shorthand.Kind.TakesScalar || shorthand.Kind.TakesList)
            ? new JsonObject { ["anyOf"] = new JsonArray(Describe(shorthand.Kind.ToSchema(this), shorthand.Description), mapping) }
            : mapping;
        return Describe(definition, shape.Description);
    }

    private JsonObject DefineMapping(ConfigShape shape)
    {
        var properties = new JsonObject();
        object defaults = Activator.CreateInstance(shape.Type)!;
        foreach (ConfigKey key in shape.Keys)
        {
            JsonObject property = Describe(key.Kind.ToSchema(this), key.Description);
            if (!key.Required && key.Property.GetValue(defaults) is { } value && key.Kind.ToJson(value) is { } json)
                property["default"] = json;
            properties[key.Name] = property;
        }
        var mapping = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };

        JsonNode?[] required = [.. shape.Keys.Where(k => k.Required).Select(k => JsonValue.Create(k.Name))];
        if (required.Length > 0) mapping["required"] = new JsonArray(required);
        if (shape.OneOfs.Count == 1) mapping["oneOf"] = Exclusive(shape.OneOfs[0]);
        else if (shape.OneOfs.Count > 1)
            mapping["allOf"] = new JsonArray([.. shape.OneOfs.Select(o => new JsonObject { ["oneOf"] = Exclusive(o) })]);
        if (shape.Needs.Count > 0)
        {
            mapping["dependentRequired"] = new JsonObject(shape.Needs.GroupBy(n => n.Key).Select(needs =>
                KeyValuePair.Create<string, JsonNode?>(needs.Key, new JsonArray([.. needs.Select(n => JsonValue.Create(n.Needed))]))));
        }
        return mapping;
    }

    private static JsonArray Exclusive(OneOfAttribute one)
    {
        JsonArray choices = [.. one.Keys.Select(Requires)];
        if (one.Optional) choices.Add(new JsonObject { ["not"] = new JsonObject { ["anyOf"] = new JsonArray([.. one.Keys.Select(Requires)]) } });
        return choices;

        static JsonObject Requires(string key) => new() { ["required"] = new JsonArray(key) };
    }

    private static JsonObject Describe(JsonObject schema, string? description)
    {
        if (description is not null) schema["description"] = description;
        return schema;
    }
}
