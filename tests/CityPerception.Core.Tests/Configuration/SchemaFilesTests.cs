using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Core.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.Core.Schema;
using Json.Schema;

namespace CityPerception.Core.Tests.Configuration;

/// <summary>The JSON Schemas that editors use say what the binder does, and are those in the repository.</summary>
public class SchemaFilesTests
{
    /// <summary>Every kind of file: its schema's name, the schema, the files.</summary>
    private static readonly (string Name, Func<JsonObject> Schema, string Files)[] Kinds =
    [
        ("measurements", () => ConfigSchema.For<MeasurementsFile>("CityPerception measurements.yaml"), "measurements.yaml"),
        ("city", () => ConfigSchema.For<CityFile>("CityPerception city.yaml"), "city.yaml"),
        ("source", () => ConfigSchema.For<SourceFile>("A source of CityPerception"), "sources/*.yaml"),
        ("channel", () => ConfigSchema.For<ChannelFile>("A channel view of CityPerception"), "channels/*.yaml"),
    ];

    public static TheoryData<string> Names => [.. Kinds.Select(k => k.Name)];

    [Theory, MemberData(nameof(Names))]
    public void SchemaFile_InTheRepository_IsTheOneOfTheClasses(string name)
    {
        string path = Path.Combine(ShippedFiles.Folder, "schemas", $"{name}.schema.json");
        string text = ConfigSchema.ToText(Kinds.Single(k => k.Name == name).Schema());
        if (Environment.GetEnvironmentVariable("UPDATE_SCHEMAS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        Assert.True(File.Exists(path) && File.ReadAllText(path) == text, $"{path} is old: run the tests once with UPDATE_SCHEMAS=1.");
    }

    [Theory, MemberData(nameof(Names))]
    public void ShippedFile_AgainstItsSchema_IsValid(string name)
    {
        (_, Func<JsonObject> schema, string files) = Kinds.Single(k => k.Name == name);
        string[] paths = Directory.GetFiles(ShippedFiles.Folder, files);

        Assert.NotEmpty(paths);
        foreach (string path in paths) Assert.Equal("", Problems(schema(), File.ReadAllText(path)));
    }

    [Fact]
    public void Schema_OfTheSample_HasShorthandsDefaultsAndDescriptions()
    {
        JsonObject schema = ConfigSchema.For<SampleFile>("A sample");

        Assert.Equal("https://json-schema.org/draft/2020-12/schema", (string?)schema["$schema"]);
        Assert.Equal("A sample", (string?)schema["title"]);
        JsonNode sample = schema["$defs"]!["sample"]!;
        Assert.Equal("A sample file.", (string?)sample["description"]);
        Assert.Equal("5m", (string?)sample["properties"]!["ahead"]!["default"]);
        Assert.Equal("""["json","line-protocol","iso-8601"]""", sample["properties"]!["form"]!["enum"]!.ToJsonString());
        Assert.Equal("string", (string?)schema["$defs"]!["sample-value"]!["anyOf"]![0]!["type"]);
    }

    /// <summary>What one refuses, the other refuses: an editor and `check` do not argue.</summary>
    [Theory]
    [InlineData("source: a")]
    [InlineData("source: a\nform: line-protocol\nshare: 100\ndepth: 1\nkept: true\nahead: 90s\nday: 2026-02-17\nopens: 08:30")]
    [InlineData("source: a\nsingle: $.x")]
    [InlineData("source: a\nsingle: { path: $.x, missing: -99, map: { OPEN: 1, CLOSED: null }, from: [1, 2] }")]
    [InlineData("source: a\nseveral: [$.x, { const: 1 }]")]
    [InlineData("source: a\nseveral: { lookup: t, key: { path: $.y } }")]
    [InlineData("source: a\nfields: { x: $.x }")]
    [InlineData("{}", false)]
    [InlineData("source: A", false)]
    [InlineData("source: \"\"", false)]
    [InlineData("source: 140400", false)]
    [InlineData("source: null", false)]
    [InlineData("source: [a]", false)]
    [InlineData("source: a\nsorce: b", false)]
    [InlineData("source: a\nform: csv", false)]
    [InlineData("source: a\nshare: 100.5", false)]
    [InlineData("source: a\nshare: \"1\"", false)]
    [InlineData("source: a\ndepth: 1.5", false)]
    [InlineData("source: a\nkept: yes", false)]
    [InlineData("source: a\nahead: 5", false)]
    [InlineData("source: a\nahead: 5 min", false)]
    [InlineData("source: a\nsingle: 5", false)]
    [InlineData("source: a\nsingle: [$.x]", false)]
    [InlineData("source: a\nsingle: {}", false)]
    [InlineData("source: a\nsingle: { path: $.x, const: 1 }", false)]
    [InlineData("source: a\nsingle: { lookup: t }", false)]
    [InlineData("source: a\nsingle: { path: $.x, key: $.y }", false)]
    [InlineData("source: a\nsingle: { path: $.x, from: [1] }", false)]
    [InlineData("source: a\nsingle: { path: $.x, from: 1 }", false)]
    [InlineData("source: a\nsingle: { path: $.x, missing: { a: 1 } }", false)]
    [InlineData("source: a\nsingle: $.x\nseveral: [$.y]", false)]
    [InlineData("source: a\nfields: { X: $.x }", false)]
    [InlineData("source: a\nfields: [$.x]", false)]
    [InlineData("- a", false)]
    public void Schema_AndBinder_Agree(string yaml, bool valid = true)
    {
        var faults = new ConfigFaults();
        ConfigBinder.Bind<SampleFile>("sample.yaml", yaml, faults);

        Assert.Equal(valid, faults.All.Count == 0);
        Assert.Equal(valid, Problems(ConfigSchema.For<SampleFile>("A sample"), yaml).Length == 0);
    }

    private static string Problems(JsonObject schema, string yaml)
    {
        var faults = new ConfigFaults();
        JsonElement document = JsonSerializer.SerializeToElement(ToJson(YamlReader.Read("test.yaml", yaml, faults)!));
        Assert.Empty(faults.All);
        EvaluationResults results = JsonSchema.FromText(schema.ToJsonString())
            .Evaluate(document, new EvaluationOptions { OutputFormat = OutputFormat.List });
        return results.IsValid ? "" : string.Join("\n", results.Details!.Where(d => d.Errors is not null)
            .SelectMany(d => d.Errors!.Select(e => $"{d.InstanceLocation}: {e.Value}")).Prepend("invalid"));
    }

    private static JsonNode? ToJson(ConfigNode node) => node switch
    {
        ConfigMapNode map => new JsonObject(map.Entries.Select(e => KeyValuePair.Create(e.Key, ToJson(e.Value)))),
        ConfigListNode list => new JsonArray([.. list.Items.Select(ToJson)]),
        ConfigScalarNode { Scalar: var scalar } => scalar.Kind switch
        {
            ConfigScalarKind.Null => null,
            ConfigScalarKind.Bool => scalar.Bool,
            ConfigScalarKind.Number => decimal.Parse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture),
            _ => scalar.Text,
        },
        _ => throw new InvalidOperationException(node.ToString()),
    };
}
