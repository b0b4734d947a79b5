using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CityPerception.Core.Configuration;

/// <summary>What all kinds have in common that are written as one scalar.</summary>
internal abstract class SimpleKind : ConfigKind
{
    public override bool TakesScalar => true;

    public override bool TryBind(ConfigNode node, ConfigFaults faults, out object? value)
    {
        if (node is not ConfigScalarNode { Scalar: var scalar }) return Refuse(node, faults, out value);
        value = Read(scalar, out string? suggestion);
        return value is not null || Refuse(node, faults, out value, suggestion);
    }

    /// <summary>The value, or null with what was probably meant.</summary>
    protected abstract object? Read(ConfigScalar scalar, out string? suggestion);
}

internal sealed class TextKind(ConfigPatternAttribute? pattern) : SimpleKind
{
    private readonly Regex? _form = pattern is null ? null : new Regex(pattern.Pattern, RegexOptions.CultureInvariant);

    public override string Allowed => pattern?.Words ?? "a text";

    protected override object? Read(ConfigScalar scalar, out string? suggestion)
    {
        suggestion = null;
        bool fits = scalar.Text.Length > 0 && _form?.IsMatch(scalar.Text) != false;
        if (scalar.Kind == ConfigScalarKind.Text) return fits ? scalar.Text : null;
        // 140400 and true are texts only in quotes, for us as for the editor's JSON Schema: 007 must not become 7.
        if (fits) suggestion = ConfigScalar.Quote(scalar.Text);
        return null;
    }

    public override JsonObject ToSchema(ConfigSchemaDefinitions definitions) => pattern is null
        ? new JsonObject { ["type"] = "string", ["minLength"] = 1 }
        : new JsonObject { ["type"] = "string", ["minLength"] = 1, ["pattern"] = pattern.Pattern };

    public override JsonNode ToJson(object value) => JsonValue.Create((string)value);
}

internal sealed class NumberKind(Type type, ConfigRangeAttribute? range) : SimpleKind
{
    private readonly bool _whole = type != typeof(double);
    private readonly double _min = range?.Min ?? (type == typeof(int) ? int.MinValue : type == typeof(long) ? long.MinValue : double.NegativeInfinity);
    private readonly double _max = range?.Max ?? (type == typeof(int) ? int.MaxValue : type == typeof(long) ? long.MaxValue : double.PositiveInfinity);

    public override string Allowed =>
        (_whole ? "a whole number" : "a number") +
        (range is null ? "" : string.Create(CultureInfo.InvariantCulture, $" from {_min} to {_max}"));

    protected override object? Read(ConfigScalar scalar, out string? suggestion)
    {
        suggestion = null;
        if (scalar.Kind != ConfigScalarKind.Number)
        {
            ConfigScalar unquoted = ConfigScalar.Plain(scalar.Text, scalar.Place);
            if (scalar.Quoted && Convert(unquoted) is not null) suggestion = $"{scalar.Text} without quotes";
            return null;
        }
        return Convert(scalar);
    }

    private object? Convert(ConfigScalar scalar)
    {
        double number = scalar.Number;
        if (!(number >= _min && number <= _max)) return null;
        if (!_whole) return number;
        if (number != Math.Truncate(number)) return null;
        // Whole numbers are read as such: above 2⁵³ a double has lost some.
        if (!long.TryParse(scalar.Text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long whole))
        {
            if (Math.Abs(number) > 1L << 53) return null;
            whole = (long)number;
        }
        return type == typeof(int) ? (object)(int)whole : whole;
    }

    public override JsonObject ToSchema(ConfigSchemaDefinitions definitions)
    {
        var schema = new JsonObject { ["type"] = _whole ? "integer" : "number" };
        if (range is null) return schema;
        schema["minimum"] = _min;
        schema["maximum"] = _max;
        return schema;
    }

    public override JsonNode? ToJson(object value) => JsonSerializer.SerializeToNode(value);
}

internal sealed class BoolKind : SimpleKind
{
    public override string Allowed => "true or false";

    protected override object? Read(ConfigScalar scalar, out string? suggestion)
    {
        suggestion = scalar.Text.ToLowerInvariant() switch
        {
            "yes" or "on" or "y" or "1" or "true" => "true",
            "no" or "off" or "n" or "0" or "false" => "false",
            _ => null,
        };
        return scalar.Kind == ConfigScalarKind.Bool ? scalar.Bool : null;
    }

    public override JsonObject ToSchema(ConfigSchemaDefinitions definitions) => new() { ["type"] = "boolean" };

    public override JsonNode ToJson(object value) => JsonValue.Create((bool)value);
}

internal sealed class AnyScalarKind : SimpleKind
{
    public override string Allowed => "a text, a number, true, false or null";

    protected override object? Read(ConfigScalar scalar, out string? suggestion)
    {
        suggestion = null;
        return scalar;
    }

    public override JsonObject ToSchema(ConfigSchemaDefinitions definitions) =>
        new() { ["type"] = new JsonArray("string", "number", "boolean", "null") };
}

internal sealed class EnumKind : SimpleKind
{
    private readonly Dictionary<string, object> _values;

    public EnumKind(Type type) =>
        _values = type.GetFields(BindingFlags.Public | BindingFlags.Static).ToDictionary(
            f => f.GetCustomAttribute<ConfigNameAttribute>()?.Name ?? JsonNamingPolicy.KebabCaseLower.ConvertName(f.Name),
            f => f.GetValue(null)!);

    public override string Allowed => _values.Count == 1 ? _values.Keys.First() : "one of " + string.Join(", ", _values.Keys);

    protected override object? Read(ConfigScalar scalar, out string? suggestion)
    {
        suggestion = null;
        if (_values.TryGetValue(scalar.Text, out object? value)) return value;
        suggestion = Suggest.Closest(scalar.Text, _values.Keys);
        return null;
    }

    public override JsonObject ToSchema(ConfigSchemaDefinitions definitions) =>
        new() { ["enum"] = new JsonArray([.. _values.Keys.Select(name => JsonValue.Create(name))]) };

    public override JsonNode? ToJson(object value) =>
        _values.FirstOrDefault(v => v.Value.Equals(value)).Key is { } name ? JsonValue.Create(name) : null;
}
