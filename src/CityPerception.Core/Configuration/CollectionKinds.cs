using System.Collections;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CityPerception.Core.Configuration;

/// <summary>A list, or a single element in its place.</summary>
internal sealed class ListKind(Type type, ConfigKind item, ConfigCountAttribute? count) : ConfigKind
{
    // A list that must hold two or more is never one element.
    private bool SingleWillDo => count is null || count.Min <= 1;

    public override string Allowed =>
        (count is null ? "a list" : count.Min == count.Max ? $"a list of {count.Min}" : $"a list of {count.Min} to {count.Max}") +
        $", each {item.Allowed}";

    public override bool TakesScalar => SingleWillDo && item.TakesScalar;

    public override bool TakesList => true;

    public override bool TryBind(ConfigNode node, ConfigFaults faults, out object? value)
    {
        if (node is not ConfigListNode && !SingleWillDo) return Refuse(node, faults, out value);
        IReadOnlyList<ConfigNode> nodes = node is ConfigListNode list ? list.Items : [node];
        if (count is not null && (nodes.Count < count.Min || nodes.Count > count.Max))
        {
            value = null;
            faults.Add(node.FaultPlace, node.Path, $"a list of {nodes.Count}", Allowed);
            return false;
        }
        var bound = (IList)Activator.CreateInstance(type)!;
        value = bound;
        bool sound = true;
        foreach (ConfigNode element in nodes)
        {
            if (item.TryBind(element, faults, out object? one)) bound.Add(one);
            else sound = false;
        }
        return sound;
    }

    public override JsonObject ToSchema(ConfigSchemaDefinitions definitions)
    {
        var list = new JsonObject { ["type"] = "array", ["items"] = item.ToSchema(definitions) };
        if (count is not null)
        {
            list["minItems"] = count.Min;
            list["maxItems"] = count.Max;
        }
        return SingleWillDo ? new JsonObject { ["anyOf"] = new JsonArray(item.ToSchema(definitions), list) } : list;
    }
}

/// <summary>A mapping whose keys are names that the file gives.</summary>
internal sealed class DictionaryKind(Type type, ConfigKind entry, ConfigKeyPatternAttribute? keys, ConfigCountAttribute? count) : ConfigKind
{
    private readonly Regex? _keyForm = keys is null ? null : new Regex(keys.Pattern, RegexOptions.CultureInvariant);

    public override string Allowed => $"a mapping from names to {entry.Allowed}";

    public override bool TryBind(ConfigNode node, ConfigFaults faults, out object? value)
    {
        if (node is not ConfigMapNode map) return Refuse(node, faults, out value);
        bool sound = true;
        if (count is not null && (map.Entries.Count < count.Min || map.Entries.Count > count.Max))
        {
            faults.Add(node.FaultPlace, node.Path, $"{map.Entries.Count} entries", $"{count.Min} to {count.Max} entries");
            sound = false;
        }
        var bound = (IDictionary)Activator.CreateInstance(type)!;
        value = bound;
        foreach ((string key, ConfigNode child) in map.Entries)
        {
            if (_keyForm?.IsMatch(key) == false)
            {
                faults.Add(child.KeyPlace, child.Path, $"the name {ConfigScalar.Quote(key)}", keys!.Words);
                sound = false;
            }
            if (entry.TryBind(child, faults, out object? one)) bound.Add(key, one);
            else sound = false;
        }
        return sound;
    }

    public override JsonObject ToSchema(ConfigSchemaDefinitions definitions)
    {
        var schema = new JsonObject { ["type"] = "object", ["additionalProperties"] = entry.ToSchema(definitions) };
        if (keys is not null) schema["propertyNames"] = new JsonObject { ["pattern"] = keys.Pattern };
        if (count is null) return schema;
        schema["minProperties"] = count.Min;
        schema["maxProperties"] = count.Max;
        return schema;
    }
}
