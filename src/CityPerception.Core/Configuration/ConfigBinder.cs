namespace CityPerception.Core.Configuration;

/// <summary>Turns the text of a YAML file into the classes that describe it, and finds every fault in one run.</summary>
public static class ConfigBinder
{
    /// <summary>
    /// Binds a document. Null when it cannot be read at all; otherwise what could be bound, so that further checks
    /// can run over it: parts in which something is wrong are not <see cref="ConfigSection.IsSound"/>.
    /// </summary>
    /// <param name="file">The file's name as faults should show it.</param>
    /// <param name="yamlText">At most 4 MiB, nested at most 32 deep, without anchors, aliases and tags.</param>
    /// <param name="faults">Takes what is wrong.</param>
    public static T? Bind<T>(string file, string yamlText, ConfigFaults faults)
        where T : ConfigSection, new()
    {
        ConfigNode? root = YamlReader.Read(file, yamlText, faults);
        return root is not null && new SectionKind(typeof(T)).TryBind(root, faults, out object? bound) ? (T)bound! : null;
    }
}
