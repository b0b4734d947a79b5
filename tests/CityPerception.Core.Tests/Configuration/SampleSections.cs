using System.ComponentModel;
using CityPerception.Core.Configuration;

namespace CityPerception.Core.Tests.Configuration;

/// <summary>A small language that uses everything the binder knows.</summary>
[Description("A sample file.")]
[OneOf("single", "several", Optional = true)]
public sealed class SampleFile : ConfigSection
{
    [ConfigRequired, ConfigPattern("^[a-z][a-z0-9-]*$", "a kebab-case name")]
    public string Source { get; set; } = "";

    public SampleForm Form { get; set; } = SampleForm.Json;

    [ConfigRange(0, 100)]
    public double? Share { get; set; }

    [ConfigRange(1, 64)]
    public int Depth { get; set; } = 64;

    public long? Big { get; set; }

    public bool? Kept { get; set; }

    public TimeSpan Ahead { get; set; } = TimeSpan.FromMinutes(5);

    public DateOnly? Day { get; set; }

    public TimeOnly? Opens { get; set; }

    [Description("Where the value comes from.")]
    public SampleValue? Single { get; set; }

    public List<SampleValue> Several { get; set; } = [];

    [ConfigKeyPattern("^[a-z][a-z0-9_]*$", "a snake_case name")]
    public Dictionary<string, SampleValue> Fields { get; set; } = [];
}

public enum SampleForm { Json, LineProtocol, [ConfigName("iso-8601")] Iso }

[OneOf("path", "const", "lookup")]
[KeyNeeds("lookup", "key")]
[KeyNeeds("key", "lookup")]
public sealed class SampleValue : ConfigSection
{
    [Shorthand, Description("A path into the document.")]
    public string? Path { get; set; }

    public ConfigScalar? Const { get; set; }

    public string? Lookup { get; set; }

    public SampleValue? Key { get; set; }

    [ConfigKey("else")]
    public ConfigScalar? Otherwise { get; set; }

    public List<ConfigScalar> Missing { get; set; } = [];

    public Dictionary<string, ConfigScalar> Map { get; set; } = [];

    [ConfigCount(2, 2)]
    public List<double>? From { get; set; }
}
