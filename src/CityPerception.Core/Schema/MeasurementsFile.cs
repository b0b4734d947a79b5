using System.ComponentModel;
using CityPerception.Core.Configuration;

namespace CityPerception.Core.Schema;

/// <summary>measurements.yaml as it is written; <see cref="MeasurementCompiler"/> makes the catalog of it.</summary>
[Description("The schema of everything stored: measurements, their fields (type, unit, range) and bounded tags.")]
public sealed class MeasurementsFile : ConfigSection
{
    internal const string NameForm = "^[a-z][a-z0-9_]{0,63}$", NameWords = "a name of a-z, 0-9 and _, a letter first";

    [ConfigKeyPattern(NameForm, NameWords), Description("Fields that any thing's point may carry beside its own.")]
    public Dictionary<string, FieldFile> Health { get; set; } = [];

    [ConfigKeyPattern(NameForm, NameWords), Description("Lists of values that several tags share, by name.")]
    public Dictionary<string, List<TagValueFile>> Values { get; set; } = [];

    [ConfigKeyPattern(NameForm, NameWords), Description("Tags that every measurement has, unless it describes its own of that name.")]
    public Dictionary<string, TagFile> Tags { get; set; } = [];

    [ConfigRequired, ConfigKeyPattern(NameForm, NameWords), ConfigCount(1, 1000), Description("The measurements by name.")]
    public Dictionary<string, MeasurementFile> Measurements { get; set; } = [];
}

public sealed class MeasurementFile : ConfigSection
{
    [ConfigRequired, Description("Its names for people.")]
    public NamesFile Name { get; set; } = new();

    public string? Description { get; set; }

    [ConfigRequired, Description("Which sense feels it.")]
    public Sense Sense { get; set; }

    [Description("Whether it has the fields lat and lon, within the city's bounds.")]
    public bool Location { get; set; }

    [Description("Fields of type float come also as statistics of a period: pm25_avg, pm25_max …")]
    public List<Statistic> Statistics { get; set; } = [];

    [ConfigKeyPattern(MeasurementsFile.NameForm, MeasurementsFile.NameWords), Description("Its tags beside the shared ones, or other than they.")]
    public Dictionary<string, TagFile> Tags { get; set; } = [];

    [ConfigRequired, ConfigCount(1, 1000), ConfigKeyPattern(MeasurementsFile.NameForm, MeasurementsFile.NameWords), Description("Its fields by name.")]
    public Dictionary<string, FieldFile> Fields { get; set; } = [];
}

/// <summary>A statistic of a period, as stations send it beside or in place of single values.</summary>
public enum Statistic { Min, Avg, Max }

public sealed class FieldFile : ConfigSection
{
    [Description("Its type.")]
    public FieldType Type { get; set; } = FieldType.Float;

    [Description("The unit in which it is stored; values are converted to it.")]
    public string? Unit { get; set; }

    [ConfigCount(2, 2), Description("The smallest and the largest valid value, both valid, in its unit.")]
    public List<double>? Range { get; set; }

    [ConfigRange(1, 65_535), Description("Of a string: at most so many bytes of UTF-8.")]
    public int? MaxBytes { get; set; }

    [Description("Of a string: whether it holds what people wrote, in which phone, identity and card numbers, plates and names are masked before it is stored.")]
    public bool Mask { get; set; }

    [Description("Of a float: whether the measurement's statistics apply to it.")]
    public bool Statistics { get; set; } = true;

    [Description("Its names for people.")]
    public NamesFile? Name { get; set; }

    public string? Description { get; set; }
}

public sealed class TagFile : ConfigSection
{
    [Shorthand, Description("The values allowed: a list, or the name of one (districts, or an entry of `values`). Without it any.")]
    public List<TagValueFile> Values { get; set; } = [];

    [Description("Only measurements of these senses have it.")]
    public List<Sense> Senses { get; set; } = [];

    [ConfigRange(1, 1024), Description("At most so many bytes of UTF-8.")]
    public int MaxBytes { get; set; } = 128;

    [Description("Its names for people.")]
    public NamesFile? Name { get; set; }
}

[KeyNeeds("zh", "en")]
[KeyNeeds("en", "zh")]
public sealed class TagValueFile : ConfigSection
{
    [Shorthand, ConfigRequired, Description("The value as it is stored.")]
    public string Value { get; set; } = "";

    [Description("Its name in Chinese.")]
    public string? Zh { get; set; }

    [Description("Its name in English.")]
    public string? En { get; set; }
}
