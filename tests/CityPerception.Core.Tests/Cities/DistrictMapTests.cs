using System.Text;
using CityPerception.Core.Cities;
using CityPerception.Core.Configuration;

namespace CityPerception.Core.Tests.Cities;

public class DistrictMapTests
{
    private const string Yaml = """
        name: { zh: 某市, en: Somewhere }
        code: "990000"
        zone: Asia/Shanghai
        bounds: { lat: [36, 37], lon: [112, 114] }
        districts:
          990001: { name: { zh: 东区, en: East }, lat: 36.5, lon: 113.5 }
          990002: { name: { zh: 西区, en: West }, lat: 36.5, lon: 112.5 }
        map: { file: map/districts.geojson, property: adcode, approval: 测S(2026)001号, source: { zh: 测绘院, en: Surveyors } }
        """;

    private const string East = """{"type":"Feature","properties":{"adcode":990001},"geometry":{"type":"Polygon","coordinates":[[[113,36],[114,36],[114,37],[113,37],[113,36]]]}}""";

    // Of two parts, the second with a lake.
    private const string West = """
        {"type":"Feature","properties":{"adcode":"西区"},"geometry":{"type":"MultiPolygon","coordinates":[
          [[[112,36],[112.1,36],[112.1,36.1],[112,36.1],[112,36]]],
          [[[112.2,36],[113,36],[113,37],[112.2,37],[112.2,36]],[[112.5,36.1],[112.6,36.1],[112.6,36.2],[112.5,36.2],[112.5,36.1]]]]}}
        """;

    [Fact]
    public void Read_ApprovedMap_IsDrawnFromNorthWestToSouthEast()
    {
        (City? city, ConfigFaults faults) = Read(Collection(East, West));

        Assert.Empty(faults.All);
        DistrictMap map = city!.Map!;
        Assert.Equal(("测S(2026)001号", new Names("测绘院", "Surveyors"), 2000), (map.Approval, map.Source, map.Width));
        // Two degrees of longitude by one of latitude, at 36.5° north.
        Assert.Equal(2000 / (2 * Math.Cos(36.5 * Math.PI / 180)), map.Height, 0.6);
        Assert.Equal(["990001", "990002"], map.Districts.Select(static d => d.Code));
        DistrictOutline east = map.Districts[0], west = map.Districts[1];
        Assert.Equal($"M1000 {map.Height}L2000 {map.Height}L2000 0L1000 0z", east.Path);
        Assert.Equal(3, west.Path.Count(static c => c == 'z'));
        Assert.InRange(east.X, 1450, 1550);
        // Where there is room, which is beside the lake and not in the small part.
        Assert.InRange(west.X, 300, 950);
        Assert.NotEqual(map.Version, Read(Collection(West, East.Replace("113,37]", "113.5,37]", StringComparison.Ordinal))).City!.Map!.Version);
        Assert.Equal(map.Version, Read(Collection(West, East)).City!.Map!.Version);
    }

    [Fact]
    public void Read_NoMap_IsTheSchematicOne() =>
        Assert.Null(CityCompiler.Read("city.yaml", Yaml[..Yaml.IndexOf("map:", StringComparison.Ordinal)], new ConfigFaults())!.Map);

    [Fact]
    public void Read_PointsNearerThanAScreenShows_AreLeftOut()
    {
        string dense = East.Replace("[114,36]", "[113.5,36],[113.50001,36],[113.50002,36],[114,36]", StringComparison.Ordinal);
        Assert.Equal(5, Read(Collection(dense, West)).City!.Map!.Districts[0].Path.Count(static c => c is 'M' or 'L'));
    }

    [Theory]
    [InlineData("{", "map/districts.geojson:1:2", "no JSON")]
    [InlineData("[]", "type", "a FeatureCollection")]
    [InlineData("""{"type":"Feature"}""", "type", "a FeatureCollection")]
    public void Read_NoFeatureCollection_IsAFault(string text, string where, string says) => AssertFault(text, where, says);

    [Fact]
    public void Read_ADistrictIsMissing_IsNamed() => AssertFault(Collection(East), "features", "990002 or 西区");

    [Fact]
    public void Read_ADistrictTwice_IsAFault() => AssertFault(Collection(East, West, East), "features[2].properties.adcode", "990001 again");

    [Theory]
    [InlineData("990001", "990009", "features[0].properties.adcode", "990009")]
    [InlineData("adcode", "code", "features[0].properties.adcode", "nothing")]
    [InlineData("Polygon", "LineString", "features[0]", "a Feature with a Polygon")]
    [InlineData(""","geometry":{""", ""","geometry":null,"other":{""", "features[0].geometry", "none")]
    [InlineData(",[113,36]]]", "]]", "features[0]", "closed rings")] // not closed
    [InlineData("[114,36]", "[36,114]", "features[0].geometry.coordinates", "[36, 114]")] // exchanged
    [InlineData("[114,36]", "[19650000,4040000]", "features[0].geometry.coordinates", "longitude, latitude")] // of a projection
    [InlineData("[114,36]", "[\"114\",36]", "features[0]", "a Feature with a Polygon")]
    public void Read_AFeatureThatWillNotDo_NamesItsPathAndWhatIsAllowed(string old, string with, string path, string says) =>
        AssertFault(Collection(East.Replace(old, with, StringComparison.Ordinal), West), path, says);

    [Fact]
    public void Read_MorePointsThanAScreenNeeds_IsAFault()
    {
        string many = string.Join(',', Enumerable.Range(0, 50_001).Select(static i => FormattableString.Invariant($"[{113 + i / 60_000.0:0.######},36]")));
        AssertFault(Collection(East.Replace("[113,36],", many + ",", StringComparison.Ordinal).Replace("[113,36]]]", "[113,36]]]", StringComparison.Ordinal), West), "features", "at most 50000");
    }

    [Fact]
    public void Read_LargerThanAllowed_IsAFault() => AssertFault(Collection(East, West) + new string(' ', 4 << 20), "", "at most 4194304");

    [Fact]
    public void Read_NoSuchFile_NamesTheKeyAndTheOneThatThereIs()
    {
        var faults = new ConfigFaults();
        CityCompiler.Read("city.yaml", Yaml, faults, files: new Dictionary<string, byte[]> { ["map/district.geojson"] = [] });
        ConfigFault fault = Assert.Single(faults.All);
        Assert.Equal(("city.yaml", "map.file", "map/district.geojson"), (fault.Place.File, fault.Key, fault.Suggestion));
    }

    [Theory]
    [InlineData("map/districts.geojson", "../etc/passwd", "map.file")]
    [InlineData(", approval: 测S(2026)001号", "", "map")]
    public void Read_WithoutApprovalOrOutsideTheFolder_IsAFault(string old, string with, string key)
    {
        var faults = new ConfigFaults();
        CityCompiler.Read("city.yaml", Yaml.Replace(old, with, StringComparison.Ordinal), faults);
        Assert.StartsWith(key, Assert.Single(faults.All).Key, StringComparison.Ordinal);
    }

    private static void AssertFault(string geoJson, string where, string says)
    {
        ConfigFault fault = Assert.Single(Read(geoJson).Faults.All);
        Assert.Equal("map/districts.geojson", fault.Place.File);
        Assert.Contains(where, fault.ToString(), StringComparison.Ordinal);
        Assert.Contains(says, fault.ToString(), StringComparison.Ordinal);
    }

    private static string Collection(params string[] features) => $$"""{"type":"FeatureCollection","features":[{{string.Join(',', features)}}]}""";

    private static (City? City, ConfigFaults Faults) Read(string geoJson)
    {
        var faults = new ConfigFaults();
        City? city = CityCompiler.Read("city.yaml", Yaml, faults, files: new Dictionary<string, byte[]> { ["map/districts.geojson"] = Encoding.UTF8.GetBytes(geoJson) });
        return (city, faults);
    }
}
