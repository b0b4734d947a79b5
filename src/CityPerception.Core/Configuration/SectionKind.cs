using System.Text.Json.Nodes;

namespace CityPerception.Core.Configuration;

/// <summary>A mapping with known keys, or its shorthand.</summary>
internal sealed class SectionKind(Type type) : ConfigKind
{
    // Looked up when first needed, since sections may contain themselves.
    private ConfigShape Shape => field ??= ConfigShape.Of(type);

    public override string Allowed =>
        (Shape.Shorthand is { } shorthand ? shorthand.Kind.Allowed + ", or " : "") +
        "a mapping with " + string.Join(", ", Shape.Keys.Select(k => k.Name));

    public override bool TakesScalar => Shape.Shorthand?.Kind.TakesScalar == true;

    public override bool TakesList => Shape.Shorthand?.Kind.TakesList == true;

    public override bool TryBind(ConfigNode node, ConfigFaults faults, out object? value)
    {
        bool shorthand = (node is ConfigScalarNode && TakesScalar) || (node is ConfigListNode && TakesList);
        if (!shorthand && node is not ConfigMapNode) return Refuse(node, faults, out value);

        int before = faults.All.Count;
        var section = (ConfigSection)Activator.CreateInstance(type)!;
        value = section;
        IReadOnlyCollection<string> written = shorthand ? [Shape.Shorthand!.Name] : ((ConfigMapNode)node).Entries.Keys.ToArray();
        if (shorthand) Set(section, Shape.Shorthand!, node, faults);
        else BindEntries(section, (ConfigMapNode)node, faults);
        CheckKeys(node, written, faults);
        section.Bound(node, sound: faults.All.Count == before);
        return true; // with faults inside it is still worth looking at: IsSound says so
    }

    private void BindEntries(ConfigSection section, ConfigMapNode map, ConfigFaults faults)
    {
        foreach ((string name, ConfigNode child) in map.Entries)
        {
            if (Shape.Find(name) is { } key) Set(section, key, child, faults);
            else
            {
                string[] known = [.. Shape.Keys.Select(k => k.Name)];
                faults.Add(child.KeyPlace, child.Path, $"the unknown key {name}", "the keys " + string.Join(", ", known), Suggest.Closest(name, known));
            }
        }
    }

    private static void Set(ConfigSection section, ConfigKey key, ConfigNode node, ConfigFaults faults)
    {
        if (key.Kind.TryBind(node, faults, out object? value)) key.Property.SetValue(section, value);
    }

    private void CheckKeys(ConfigNode node, IReadOnlyCollection<string> written, ConfigFaults faults)
    {
        foreach (ConfigKey key in Shape.Keys.Where(k => k.Required && !written.Contains(k.Name)))
            faults.Add(node.KeyPlace, node.Path, $"no {key.Name}", $"{key.Name} is required: {key.Kind.Allowed}");
        foreach (OneOfAttribute one in Shape.OneOfs)
        {
            string[] there = [.. one.Keys.Where(written.Contains)];
            if (there.Length > 1)
                faults.Add(node.KeyPlace, node.Path, string.Join(" and ", there), $"only one of {string.Join(", ", one.Keys)}");
            else if (there.Length == 0 && !one.Optional)
                faults.Add(node.KeyPlace, node.Path, $"none of {string.Join(", ", one.Keys)}", "exactly one of them");
        }
        foreach (KeyNeedsAttribute need in Shape.Needs.Where(n => written.Contains(n.Key) && !written.Contains(n.Needed)))
            faults.Add(node.KeyPlace, node.Path, $"{need.Key} without {need.Needed}", $"{need.Key} and {need.Needed} together");
    }

    public override JsonObject ToSchema(ConfigSchemaDefinitions definitions) => definitions.Refer(Shape);
}
