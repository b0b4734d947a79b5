namespace CityPerception.Core.Tests.Mapping;

public sealed class MappingFaultTests
{
    [Fact]
    public void Load_ManyFaults_AllAreReportedWithPlaceAndSuggestion()
    {
        IReadOnlyList<string> faults = ConfigText.FaultsOf("""
            source: s
            sense: thing
            decode: jsn
            from: { mqtt: city/#/x }
            observation:
              measurement: air_quality
              time: { path: $.ts, as: unix-msec }
              tags:
                device: deviceId
                distrct: $.d
                category: { const: ambiant }
              fields:
                pm25: { path: "$.a[*]" }
                pm10: { path: $.b, unit: mg/l }
                no2: { expr: "rond($.x)" }
                co: { lookup: statons, key: $.d, column: kind }
                pm2_5: $.c
            """);

        Assert.Collection(
            faults,
            f => Assert.StartsWith("sources/s.yaml:3:9: decode: found \"jsn\"; allowed: hj212, json", f, StringComparison.Ordinal),
            f => Assert.StartsWith("sources/s.yaml:4:15: from.mqtt: found \"city/#/x\"; allowed: a topic filter", f, StringComparison.Ordinal),
            f => Assert.Contains(":7:27: observation.time.as: found \"unix-msec\"", f, StringComparison.Ordinal),
            f => Assert.Contains(":9:13: observation.tags.device.path: found \"deviceId\"; allowed: a path from $ or @", f, StringComparison.Ordinal),
            f => Assert.Contains("the tag distrct; allowed: the tags of air_quality: battery", f.Replace("category", "battery", StringComparison.Ordinal), StringComparison.Ordinal),
            f => Assert.EndsWith("did you mean ambient?", f, StringComparison.Ordinal),
            f => Assert.Contains("found the path $.a[*] with a wildcard", f, StringComparison.Ordinal),
            f => Assert.Contains("found \"mg/l\"; allowed: a unit that converts to ug/m3", f, StringComparison.Ordinal),
            f => Assert.EndsWith("did you mean round?", f, StringComparison.Ordinal),
            f => Assert.EndsWith("did you mean stations?", f, StringComparison.Ordinal),
            f => Assert.EndsWith("did you mean pm25?", f, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("0s", "sources/s.yaml:3:8: every: found 0 seconds; allowed: 1s to 1d: how often each device sends a sample")]
    [InlineData("30d", "sources/s.yaml:3:8: every: found 2592000 seconds; allowed: 1s to 1d: how often each device sends a sample")]
    [InlineData("5", "sources/s.yaml:3:8: every: found the number 5; allowed: a span of time such as 90s, 5m, 2h or 400d; did you mean 5s, 5m or 5h?")]
    public void Load_AScheduleThatIsNone_NamesPlaceKeyFoundAndAllowed(string every, string fault) => Assert.Equal(fault, Assert.Single(ConfigText.FaultsOf($$"""
        source: s
        sense: thing
        every: {{every}}
        decode: json
        observation:
          measurement: manhole
          tags: { device: $.id }
          fields: { tilt: $.t }
        """)));

    [Fact]
    public void Load_ObservationOfTheDocument_TakesNoElementsAndNeedsEach()
    {
        IReadOnlyList<string> faults = ConfigText.FaultsOf("""
            source: s
            sense: thing
            decode: json
            each: $.a[*]
            observations:
              - per: document
                measurement: manhole
                tags: { device: "@^.id" }
                fields: { tilt: $.t }
              - per: document
                measurement: manhole
                tags: { device: $.id }
                members: { path: $.m.* }
            """);
        Assert.Contains(faults, f => f.Contains("the path @^.id", StringComparison.Ordinal));
        Assert.Contains(faults, f => f.Contains("per: document takes no members", StringComparison.Ordinal));

        Assert.Contains("a source with each", Assert.Single(ConfigText.FaultsOf("""
            source: s
            sense: thing
            decode: json
            observation:
              per: document
              measurement: manhole
              tags: { device: $.id }
              fields: { tilt: $.t }
            """)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$.a.b", true)]
    [InlineData("$", true)]
    [InlineData("$['a-b'][0].*", true)]
    [InlineData("$.数据[*]", true)]
    [InlineData("@^.id", true)]
    [InlineData("@~", true)]
    [InlineData("$.a-b", false)]
    [InlineData("$.", false)]
    [InlineData("$..a", false)]
    [InlineData("a.b", false)]
    [InlineData("$.a[", false)]
    [InlineData("$.1a", false)]
    public void ParsePath_Text_IsPathOrNot(string text, bool isPath) =>
        Assert.Equal(isPath, CityPerception.Core.Mapping.Expressions.MappingGrammar.ParsePath(text) is not null);

    [Fact]
    public void Load_FaultsInEveryFile_HideNoneOfTheOthersAndInventNone()
    {
        Dictionary<string, byte[]> files = ConfigText.Files();
        string Edited(string path, string old, string with) => System.Text.Encoding.UTF8.GetString(files[path]).Replace(old, with, StringComparison.Ordinal);
        var faults = new CityPerception.Core.Configuration.ConfigFaults();

        Assert.Null(CityPerception.Core.Mapping.IngestPlan.Load(
            ConfigText.Files(
                ("city.yaml", Edited("city.yaml", "Asia/Shanghai", "Asia/Shangai")),
                ("measurements.yaml", Edited("measurements.yaml", "unit: mg/m3", "unit: mg/m4")),
                ("lookups/stations.csv", "device,district\nA,140403\nA,140404\n"),
                ("sources/s.yaml", """
                    source: s
                    sense: thing
                    decode: json
                    observation:
                      measurement: air_quality
                      tags: { device: $.d, district: { lookup: stations, key: $.d }, category: { const: ambiant } }
                      fields: { pm25: $.v, co: $.c }
                    """)),
            faults));

        Assert.Equal(["city.yaml", "lookups/stations.csv", "measurements.yaml", "sources/s.yaml"], faults.All.Select(f => f.Place.File).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("from: { mqtt: a/+, except: a/#/b }", "from.except: found \"a/#/b\"; allowed: a topic filter")]
    [InlineData("each: $.*\nsingle: true", "single: found true; allowed: an each whose array is a member of the document")]
    [InlineData("single: true", "found single without each")]
    public void Load_ExceptionOrSingleThatCannotBeMeant_IsAFault(string key, string fault) => Assert.Contains(
        fault,
        Assert.Single(ConfigText.FaultsOf($"source: s\nsense: thing\ndecode: json\n{key}\nobservation: {{ measurement: manhole, tags: {{ device: a }}, fields: {{ tilt: $.t }} }}".Replace("device: a", "device: $.d", StringComparison.Ordinal))),
        StringComparison.Ordinal);

    [Fact]
    public void Load_TwoSourcesOfOneName_NamesTheOtherFile()
    {
        const string yaml = "source: s\nsense: thing\ndecode: json\nobservation: { measurement: manhole, tags: { device: $.d }, fields: { tilt: $.t } }\n";
        var faults = new CityPerception.Core.Configuration.ConfigFaults();

        Assert.Null(CityPerception.Core.Mapping.IngestPlan.Load(ConfigText.Files(("sources/a.yaml", yaml), ("sources/b.yaml", yaml)), faults));
        Assert.Equal("sources/b.yaml:1:9: source: found \"s\"; allowed: a name of its own; sources/a.yaml has this one", Assert.Single(faults.All).ToString());
    }
}
