using System.ComponentModel;
using CityPerception.Core.Configuration;
using CityPerception.Core.Geography;
using CityPerception.Core.Schema;

namespace CityPerception.Core.Mapping;

/// <summary>A file of ingest-configs/sources as an engineer wrote it; ingest-configs/README.md is its documentation.</summary>
[OneOf("observation", "observations", Optional = true), KeyNeeds("single", "each")]
public sealed class SourceFile : ConfigSection
{
    [ConfigRequired, ConfigPattern("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", "kebab-case: letters, digits and single dashes")]
    [Description("The source's name in tags, routes (/ingest/{source}), metrics and dead letters. 来源名称。")]
    public string Source { get; set; } = "";

    [Description("Its name on screens. 显示名称。")]
    public NamesFile? Name { get; set; }

    [Description("What it is, on screens.")]
    public NamesFile? Description { get; set; }

    [ConfigRequired, Description("thing (物感) or human (人感); becomes the tag sense.")]
    public Sense Sense { get; set; }

    [Description("Where messages come from. Every source can also be posted to /ingest/{source}.")]
    public FromFile? From { get; set; }

    [ConfigRequired, Description("The decoder's name: json, senml, senml-cbor, sparkplug, line-protocol, hj212, text.")]
    public string Decode { get; set; } = "";

    [Description("The text encoding: utf-8, or gb18030 (GBK), which takes valid UTF-8 too.")]
    public TextEncoding Encoding { get; set; }

    [Description("A path whose every match is one observation.")]
    public string? Each { get; set; }

    [Description("A document without the array that each walks is taken as its one element: a single NGSI entity instead of a notification.")]
    public bool Single { get; set; }

    [Description("A condition; documents that fail it make nothing and are counted as filtered.")]
    public string? When { get; set; }

    [Description("The zone of times without one (IANA name); the city's by default.")]
    public string? Zone { get; set; }

    [Description("How often each of its devices (of human sense: each district) sends a sample: 1m, 5m, 1h. Coverage of values is the share of these that arrived; without it that of devices is told from what was usual in the 24 hours before. 上报间隔。")]
    public TimeSpan? Every { get; set; }

    [Description("How far times may lie ahead of the arrival: 5m, 2h, 1d.")]
    public TimeSpan? Ahead { get; set; }

    [Description("What becomes of a message whose tag device is not in the registry (where Security:Required is on): accept (the default), reject, or quarantine, which keeps it to be replayed once the device is added. 未登记设备的处理。")]
    public UnknownDevices? Unknown { get; set; }

    [Description("Of whom a device that has shown its credentials may bring observations: any (the default: a gateway speaks for what is behind it), or own, its own id in the tag device alone. 设备可代表谁上报。")]
    public SenderRule Sender { get; set; }

    [Description("What a document or element becomes.")]
    public ObservationFile? Observation { get; set; }

    [Description("What a document or element becomes, where that is several points.")]
    public List<ObservationFile>? Observations { get; set; }
}

/// <summary>What becomes of observations of devices that are not in the registry.</summary>
public enum UnknownDevices { Accept, Reject, Quarantine }

/// <summary>Of whom a device may bring observations.</summary>
public enum SenderRule { Any, Own }

/// <summary>The text encodings that sources send.</summary>
public enum TextEncoding
{
    [ConfigName("utf-8")]
    Utf8,

    /// <summary>What Chinese office systems write: GB 18030, of which GBK and GB 2312 are parts. Valid UTF-8 is taken as that.</summary>
    [ConfigName("gb18030")]
    Gb18030,
}

/// <summary>What an observation of a source with <c>each</c> is made of.</summary>
public enum ObservationPer { Element, Document }

/// <summary>The transports of a source.</summary>
public sealed class FromFile : ConfigSection
{
    [Description("MQTT topic filters; + matches one level, # at the end the rest.")]
    public List<string> Mqtt { get; set; } = [];

    [Description("MQTT topic filters of messages that are not for this source though a filter of mqtt matches.")]
    public List<string> Except { get; set; } = [];

    [Description("HJ 212 frames as ST/CN/MN: 22/2011/+; + matches any system, command or device.")]
    public List<string> Hj212 { get; set; } = [];
}

/// <summary>One kind of point that a source makes.</summary>
public sealed class ObservationFile : ConfigSection
{
    [ConfigRequired, Description("One of measurements.yaml.")]
    public string Measurement { get; set; } = "";

    [Description("With each: made once for an element (the default), or once for the document around the elements.")]
    public ObservationPer Per { get; set; } = ObservationPer.Element;

    [Description("A condition for this observation alone.")]
    public string? When { get; set; }

    [Description("When it was observed; the time of arrival if this is left out.")]
    public TimeFile? Time { get; set; }

    [Description("Human sense: what tells this event from others.")]
    public ValueFile? Id { get; set; }

    [Description("A position; becomes the fields lat and lon in WGS-84.")]
    public LocationFile? Location { get; set; }

    [Description("Tag to value. sense and source come by themselves.")]
    public Dictionary<string, ValueFile> Tags { get; set; } = [];

    [Description("Field to value.")]
    public Dictionary<string, ValueFile> Fields { get; set; } = [];

    [Description("Fields whose names stand in the data.")]
    public MembersFile? Members { get; set; }

    [Description("What happens where no field has a value: reject, or omit, which counts it as filtered.")]
    public InvalidPolicy Empty { get; set; }
}

/// <summary>Where a value comes from and what is done to it.</summary>
[OneOf("path", "const", "topic", "property", "lookup", "expr", "received", "min", "max", "sum", "mean", "first", "last", "count")]
[KeyNeeds("lookup", "key"), KeyNeeds("key", "lookup"), KeyNeeds("column", "lookup"), KeyNeeds("from", "to"), KeyNeeds("to", "from")]
public class ValueFile : ConfigSection
{
    [Shorthand, Description("A JSONPath: $.data.pm25, @.temp.")]
    public string? Path { get; set; }

    [Description("Always this.")]
    public ConfigScalar? Const { get; set; }

    [ConfigRange(-128, 128), Description("A level of the MQTT topic, from 1; negative counts from the end.")]
    public int? Topic { get; set; }

    [Description("An HTTP header or MQTT 5 user property.")]
    public string? Property { get; set; }

    [Description("A table in lookups/.")]
    public string? Lookup { get; set; }

    [Description("The lookup's key.")]
    public ValueFile? Key { get; set; }

    [Description("The lookup's column; the tag's or field's name by default.")]
    public string? Column { get; set; }

    [Description("An expression.")]
    public string? Expr { get; set; }

    [Description("The time of arrival.")]
    public bool? Received { get; set; }

    [Description("The smallest number that a wildcard path matches.")]
    public string? Min { get; set; }

    [Description("The largest.")]
    public string? Max { get; set; }

    [Description("Their sum.")]
    public string? Sum { get; set; }

    [Description("Their arithmetic mean.")]
    public string? Mean { get; set; }

    [Description("The first.")]
    public string? First { get; set; }

    [Description("The last.")]
    public string? Last { get; set; }

    [Description("How many numbers there are.")]
    public string? Count { get; set; }

    [Description("These mean that there is no value.")]
    public List<ConfigScalar> Missing { get; set; } = [];

    [Description("Text or number to value; what is not named is rejected unless there is else.")]
    public Dictionary<string, ConfigScalar>? Map { get; set; }

    [ConfigCount(2, 2), Description("Two calibration points: the raw values.")]
    public List<double>? From { get; set; }

    [ConfigCount(2, 2), Description("Two calibration points: what they mean.")]
    public List<double>? To { get; set; }

    [Description("Value × scale + offset.")]
    public double? Scale { get; set; }

    [Description("Value × scale + offset.")]
    public double? Offset { get; set; }

    [Description("The unit it comes in; converted to the schema's.")]
    public string? Unit { get; set; }

    [Description("A regular expression that the text must match: ^[0-9]{15}$ for a grid, which refuses a spreadsheet's 1.40403E+17.")]
    public string? Pattern { get; set; }

    [ConfigCount(2, 2), Description("A valid range narrower than the schema's, in the schema's unit.")]
    public List<double>? Range { get; set; }

    [Description("Tags: the value that a text suggests, used when none is given. A field named suggested then is 1.")]
    public SuggestFile? Suggest { get; set; }

    [Description("Used when there is no value.")]
    public ConfigScalar? Else { get; set; }

    [Description("No value rejects the observation.")]
    public bool? Required { get; set; }

    [Description("What happens to the observation when this value is bad.")]
    public InvalidPolicy Invalid { get; set; }
}

/// <summary>A value by the words of a text.</summary>
public sealed class SuggestFile : ConfigSection
{
    [ConfigRequired, Description("The text.")]
    public ValueFile Text { get; set; } = new();

    [ConfigRequired, Description("A table in lookups/ whose first column holds words.")]
    public string Keywords { get; set; } = "";

    [Description("The table's column with the value; the tag's name by default.")]
    public string? Column { get; set; }
}

/// <summary>What a bad value does to its observation.</summary>
public enum InvalidPolicy
{
    /// <summary>Rejects it.</summary>
    Reject,

    /// <summary>Leaves just the value out.</summary>
    Omit,
}

/// <summary>A value that is a time.</summary>
public sealed class TimeFile : ValueFile
{
    [Description("auto, unix-s, unix-ms, unix-us, unix-ns, iso-8601, excel, or a pattern such as yyyyMMddHHmmss.")]
    public string As { get; set; } = "auto";

    [Description("The zone if the time names none; the source's, else the city's by default.")]
    public string? Zone { get; set; }
}

/// <summary>A position.</summary>
public sealed class LocationFile : ConfigSection
{
    [ConfigRequired]
    public ValueFile Lat { get; set; } = new();

    [ConfigRequired]
    public ValueFile Lon { get; set; } = new();

    [Description("wgs84, gcj02 (Amap, Tencent) or bd09 (Baidu).")]
    public Datum Datum { get; set; }

    [Description("No position, or one outside the city, rejects the observation.")]
    public bool Required { get; set; }

    [Description("What a position outside the city does to the observation.")]
    public InvalidPolicy Invalid { get; set; }
}

/// <summary>Fields whose names stand in the data.</summary>
public sealed class MembersFile : ConfigSection
{
    [ConfigRequired, Description("A wildcard path, each match is a field; or @, where the element itself is the one field.")]
    public string Path { get; set; } = "";

    [Description("The field's name; the member's key by default.")]
    public ValueFile? Name { get; set; }

    [Description("Names in the data to field names.")]
    public Dictionary<string, string>? Map { get; set; }

    [Description("The field's value; the member itself by default.")]
    public ValueFile? Value { get; set; }

    [Description("What a name that is no field does.")]
    public InvalidPolicy Unknown { get; set; }
}
