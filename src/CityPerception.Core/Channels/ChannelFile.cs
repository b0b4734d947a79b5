using System.ComponentModel;
using CityPerception.Core.Configuration;
using CityPerception.Core.Schema;

namespace CityPerception.Core.Channels;

/// <summary>A file of ingest-configs/channels as it is written; <see cref="ChannelCompiler"/> makes the <see cref="Channel"/> of it.</summary>
[Description("A channel view: its KPIs, what they are computed from, and when a value is red.")]
public sealed class ChannelFile : ConfigSection
{
    [ConfigRequired, ConfigPattern("^[a-z]{2,32}$", "lower-case letters"), Description("The channel's slug in tags and routes.")]
    public string Channel { get; set; } = "";

    [ConfigRequired, Description("Its name on screens.")]
    public NamesFile Name { get; set; } = new();

    [ConfigRequired, Description("What it watches, on screens.")]
    public NamesFile Description { get; set; } = new();

    [ConfigRequired, ConfigCount(1, 100), ConfigKeyPattern(MeasurementsFile.NameForm, MeasurementsFile.NameWords), Description("Its KPIs by id, in the order of the screens; the first is the main one.")]
    public Dictionary<string, KpiFile> Kpis { get; set; } = [];
}

/// <summary>One KPI.</summary>
[OneOf("value", "num"), KeyNeeds("num", "den"), KeyNeeds("den", "num")]
public sealed class KpiFile : ConfigSection
{
    [ConfigRequired, Description("Its name on screens.")]
    public NamesFile Name { get; set; } = new();

    [ConfigRequired, Description("What it says and what it does not, for whoever has to explain it.")]
    public NamesFile Description { get; set; } = new();

    [ConfigRequired, Description("Where the definition comes from: standard and clause, or \"default\" for a first guess of this project.")]
    public string DefinedBy { get; set; } = "";

    [ConfigRequired, Description("The unit on screens: 件, %, h, dB(A); 1 for a pure number.")]
    public string Unit { get; set; } = "";

    [ConfigRequired, Description("Which way is better.")]
    public Better Better { get; set; }

    [ConfigRequired, ConfigCount(1, 3), Description("The windows it is computed for.")]
    public List<ViewWindow> Windows { get; set; } = [];

    [ConfigPattern(MeasurementsFile.NameForm, MeasurementsFile.NameWords), Description("A tag of every input that it is given by, beside the district: dept, category, device.")]
    public string? By { get; set; }

    [ConfigRequired, ConfigCount(1, 20), ConfigKeyPattern("^[a-z][a-z0-9_]{0,31}$", "a name of a-z, 0-9 and _, a letter first"), Description("What it is computed from, by the names that the expressions use.")]
    public Dictionary<string, InputFile> Inputs { get; set; } = [];

    [Description("The value, an expression over the inputs.")]
    public string? Value { get; set; }

    [Description("Of a ratio: the numerator, an expression over the inputs. Numerators and denominators add up over districts and time; ratios do not.")]
    public string? Num { get; set; }

    [Description("Of a ratio: the denominator. Where it is 0 there is no value.")]
    public string? Den { get; set; }

    [Description("Of a ratio: what it is multiplied with; 100 where the unit is %.")]
    public double? Scale { get; set; }

    [ConfigRange(0, 1_000_000), Description("With fewer samples (of a ratio: a smaller denominator) the value is shown and its level is unknown. 5 for ratios, else 0.")]
    public int? MinSamples { get; set; }

    [ConfigRange(0, 1), Description("With a smaller share of the expected samples a value that would be green has no level, as the rest may be worse; yellow, orange and red are shown: 0.75. Expected is what devices usually send, or what their source says (every).")]
    public double? MinCoverage { get; set; }

    [Description("When a value is green, yellow, orange or red; without it there are no levels.")]
    public LevelsFile? Levels { get; set; }
}

/// <summary>Which way is better.</summary>
public enum Better { Higher, Lower, Neutral }

/// <summary>The lengths of windows.</summary>
public enum ViewWindow
{
    /// <summary>A minute, aligned to UTC.</summary>
    [ConfigName("1m")]
    Minute,

    /// <summary>An hour, aligned to UTC.</summary>
    [ConfigName("1h")]
    Hour,

    /// <summary>A civil day of the city.</summary>
    [ConfigName("1d")]
    Day,
}

/// <summary>An aggregate of one field over a window.</summary>
[OneOf("count", "sum", "mean", "min", "max", "energy", "percentile", "distinct", "calculate")]
[KeyNeeds("percentile", "p"), KeyNeeds("p", "percentile"), KeyNeeds("least", "every"), KeyNeeds("every", "per")]
public sealed class InputFile : ConfigSection
{
    private const string FieldForm = @"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$", FieldWords = "measurement.field";

    [ConfigPattern(FieldForm, FieldWords), Description("How many points have the field.")]
    public string? Count { get; set; }

    [ConfigPattern(FieldForm, FieldWords), Description("The sum of the field.")]
    public string? Sum { get; set; }

    [ConfigPattern(FieldForm, FieldWords), Description("The arithmetic mean of the field.")]
    public string? Mean { get; set; }

    [ConfigPattern(FieldForm, FieldWords), Description("The least value of the field.")]
    public string? Min { get; set; }

    [ConfigPattern(FieldForm, FieldWords), Description("The greatest value of the field.")]
    public string? Max { get; set; }

    [ConfigPattern(FieldForm, FieldWords), Description("The energy mean of levels in dB: 10·lg of the mean of 10^(L/10).")]
    public string? Energy { get; set; }

    [ConfigPattern(FieldForm, FieldWords), Description("A percentile of the field, by nearest rank; computed anew from the points of each window, never from percentiles.")]
    public string? Percentile { get; set; }

    [ConfigRange(0.1, 100), Description("Which percentile: 50 is the median.")]
    public double P { get; set; }

    [ConfigPattern(FieldForm, FieldWords), Description("How many values of the tag occur: noise.device.")]
    public string? Distinct { get; set; }

    [ConfigPattern(@"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$", "a name with a dot"), Description("What no aggregate of one field gives, by a calculation of the platform: air.aqi_hour. docs/channels.md lists them.")]
    public string? Calculate { get; set; }

    [ConfigKeyPattern(MeasurementsFile.NameForm, MeasurementsFile.NameWords), Description("Only points whose tags have one of these values, and whose fields are this number or compare so: { state: [closed, disposed], on_time: 1, depth: \">= 15\" }.")]
    public Dictionary<string, List<ConfigScalar>> Where { get; set; } = [];

    [ConfigPattern(MeasurementsFile.NameForm, MeasurementsFile.NameWords), Description("A tag (device) by whose values the aggregate is taken first; the mean of these is the input.")]
    public string? Per { get; set; }

    [Description("Of count and sum: the value is how unusual it is, (x − m)/max(s, 1), with m and s of the same window in the 4 weeks before; 0 for counts below 5, none without 3 weeks. For what levels judge.")]
    public bool AgainstWeeks { get; set; }

    [Description("How often a sample is expected; coverage counts the slots of this length that have one.")]
    public TimeSpan? Every { get; set; }

    [ConfigRange(0, 1), Description("With a smaller share of its expected samples a site does not count.")]
    public double Least { get; set; }
}

/// <summary>The bounds of levels: the value that is still green, yellow, orange; what is worse is red.</summary>
[KeyNeeds("orange", "yellow")]
public sealed class LevelsFile : ConfigSection
{
    [ConfigRequired, ConfigCount(1, 2), Description("The last value that is green; of neutral KPIs the lowest and the highest.")]
    public List<double> Green { get; set; } = [];

    [ConfigCount(1, 2), Description("The last value that is yellow.")]
    public List<double> Yellow { get; set; } = [];

    [ConfigCount(1, 2), Description("The last value that is orange.")]
    public List<double> Orange { get; set; } = [];

    [Description("What is judged in place of the value: an expression over the inputs and `value`.")]
    public string? Of { get; set; }

    [ConfigRange(1, 60), Description("So many windows in a row have to be better before the level is (hysteresis).")]
    public int Hold { get; set; } = 1;

    [Description("Whether the bounds hold for a district: the city then has the worst level of its districts.")]
    public bool PerDistrict { get; set; }
}
