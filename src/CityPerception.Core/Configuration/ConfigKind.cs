using System.Reflection;
using System.Text.Json.Nodes;

namespace CityPerception.Core.Configuration;

/// <summary>A kind of value that a key may hold: how it is read, and how JSON Schema says the same.</summary>
internal abstract class ConfigKind
{
    /// <summary>What may stand there, in words for a fault.</summary>
    public abstract string Allowed { get; }

    /// <summary>Whether it takes a scalar (other than as a list of one).</summary>
    public virtual bool TakesScalar => false;

    /// <summary>Whether it takes a list.</summary>
    public virtual bool TakesList => false;

    /// <summary>Reads the node; false when it does not fit, with the fault noted.</summary>
    public abstract bool TryBind(ConfigNode node, ConfigFaults faults, out object? value);

    public abstract JsonObject ToSchema(ConfigSchemaDefinitions definitions);

    /// <summary>How the kind writes a default into its schema, or null for none.</summary>
    public virtual JsonNode? ToJson(object value) => null;

    protected bool Refuse(ConfigNode node, ConfigFaults faults, out object? value, string? suggestion = null)
    {
        value = null;
        if (node is not ConfigBrokenNode) faults.Add(node.FaultPlace, node.Path, node.Describe(), Allowed, suggestion);
        return false;
    }

    /// <summary>The kind of a property, by its type and attributes.</summary>
    public static ConfigKind Of(PropertyInfo property) => Of(property.PropertyType, property);

    private static ConfigKind Of(Type declared, PropertyInfo property)
    {
        Type type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (type == typeof(string)) return new TextKind(property.GetCustomAttribute<ConfigPatternAttribute>());
        if (type == typeof(double) || type == typeof(int) || type == typeof(long))
            return new NumberKind(type, property.GetCustomAttribute<ConfigRangeAttribute>());
        if (type == typeof(bool)) return new BoolKind();
        if (type == typeof(TimeSpan)) return new DurationKind();
        if (type == typeof(DateOnly)) return new DateKind();
        if (type == typeof(TimeOnly)) return new TimeOfDayKind();
        if (type == typeof(ConfigScalar)) return new AnyScalarKind();
        if (type.IsEnum) return new EnumKind(type);
        if (type.IsSubclassOf(typeof(ConfigSection))) return new SectionKind(type);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>))
            return new ListKind(type, Of(type.GetGenericArguments()[0], property), property.GetCustomAttribute<ConfigCountAttribute>());
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Dictionary<,>))
        {
            return new DictionaryKind(type, Of(type.GetGenericArguments()[1], property),
                property.GetCustomAttribute<ConfigKeyPatternAttribute>(), property.GetCustomAttribute<ConfigCountAttribute>());
        }
        throw new NotSupportedException($"{property.DeclaringType}.{property.Name}: no configuration value is a {type}.");
    }
}
