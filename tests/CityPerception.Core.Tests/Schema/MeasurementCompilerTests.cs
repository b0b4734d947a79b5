using CityPerception.Core.Cities;
using CityPerception.Core.Configuration;
using CityPerception.Core.Schema;
using CityPerception.Core.Tests.Configuration;

namespace CityPerception.Core.Tests.Schema;

public class MeasurementCompilerTests
{
    private const string Head = """
        values: { states: [open, closed] }
        tags: { device: { senses: [thing] }, grid: {} }
        health: { battery: { unit: "%", range: [0, 100] } }
        measurements:

        """;

    private static readonly City City = CityCompiler.Read("city.yaml", ShippedFiles.Read("city.yaml"), new ConfigFaults())!;

    [Fact]
    public void Compile_Thing_HasHealthLocationAndStatistics()
    {
        Measurement air = Compile("""
              air:
                name: { zh: 空气, en: air }
                sense: thing
                location: true
                statistics: [avg, max]
                fields:
                  pm25: { unit: µg/m³, range: [0, 2000], name: { zh: PM2.5, en: PM2.5 } }
                  pm25_max: { unit: ug/m3, range: [0, 5000], statistics: false }
                  battery: { unit: V }
                  flag: { type: string, max_bytes: 8 }
            """).ByName["air"];

        Assert.Equal(["battery", "battery_avg", "battery_max", "flag", "lat", "lon", "pm25", "pm25_avg", "pm25_max"], air.Fields.Select(f => f.Name));
        Assert.Equal(["device", "grid"], air.Tags.Select(t => t.Name));
        Assert.Equal("ug/m3", air.FindField("pm25")!.Unit);
        Assert.Equal(5000, air.FindField("pm25_max")!.Max); // its own description goes before the statistic's
        Assert.Equal("V", air.FindField("battery")!.Unit); // and before the shared one
        Assert.Equal(8, air.FindField("flag")!.MaxBytes);
        Assert.Equal(new Names("PM2.5平均值", "PM2.5, mean"), air.FindField("pm25_avg")!.Names);
        Assert.Equal((35.8, 37.2), (air.FindField("lat")!.Min, air.FindField("lat")!.Max));
    }

    [Fact]
    public void Compile_Human_HasNoHealthAndNoDevice()
    {
        Measurement post = Compile("  post: { name: { zh: 帖, en: post }, sense: human, tags: { state: states, kind: [a, b] }, fields: { n: { type: integer } } }").ByName["post"];

        Assert.Equal(["n"], post.Fields.Select(f => f.Name));
        Assert.Equal(["grid", "kind", "state"], post.Tags.Select(t => t.Name));
        Assert.Equal(["open", "closed"], post.FindTag("state")!.Values);
        Assert.Empty(post.FindTag("grid")!.Values);
    }

    [Theory]
    [InlineData("fields: { a: { unit: ug/m^3 } }", "5:67: measurements.m.fields.a.unit: found the unknown unit \"ug/m^3\"; allowed: a unit of the table, such as ug/m3, mg/L, Cel, %; did you mean ug/m3?")]
    [InlineData("fields: { a: { type: string, unit: m } }", "5:81: measurements.m.fields.a.unit: found a unit for a string; allowed: units for float and integer")]
    [InlineData("fields: { a: { type: boolean, range: [0, 1] } }", "5:76: measurements.m.fields.a.range: found a range for a boolean; allowed: ranges for float and integer")]
    [InlineData("fields: { a: { range: [1, 0] } }", "5:61: measurements.m.fields.a.range: found its ends exchanged; allowed: the smallest value first")]
    [InlineData("fields: { a: { max_bytes: 8 } }", "5:72: measurements.m.fields.a.max_bytes: found max_bytes for a float; allowed: max_bytes for string")]
    [InlineData("location: true, fields: { lat: {} }", "5:72: measurements.m: found the field lat beside location: true; allowed: lat from location alone")]
    [InlineData("fields: { a: {} }, tags: { a: [x] }", "5:73: measurements.m: found a as a tag and as a field; allowed: a name for one of the two: queries could not tell them apart")]
    [InlineData("fields: { grid: {} }", "5:56: measurements.m: found grid as a tag and as a field; allowed: a name for one of the two: queries could not tell them apart")]
    [InlineData("fields: { a: {} }, tags: { s: stats }", "5:76: measurements.m.tags.s.values: found the unknown list stats; allowed: a list of values in [ ], districts, or an entry of values: states; did you mean states?")]
    [InlineData("fields: { a: {} }, tags: { s: [x, x] }", "5:80: measurements.m.tags.s[1].value: found the value x again; allowed: every value once")]
    [InlineData("fields: { a: {} }, tags: { s: { values: [long], max_bytes: 3 } }", "5:87: measurements.m.tags.s.values[0].value: found a value of more than 3 bytes; allowed: values within the tag's max_bytes")]
    public void Compile_OneFault_SaysWhereAndWhat(string rest, string expected)
    {
        var faults = new ConfigFaults();

        Assert.Null(MeasurementCompiler.Read("m.yaml", $"{Head}  m: {{ name: {{ zh: 测, en: m }}, sense: human, {rest} }}", City, faults));
        Assert.Equal("m.yaml:" + expected, Assert.Single(faults.All).ToString());
    }

    private static MeasurementCatalog Compile(string measurements)
    {
        var faults = new ConfigFaults();
        MeasurementCatalog? catalog = MeasurementCompiler.Read("m.yaml", Head + measurements, City, faults);
        Assert.Equal("", string.Join("\n", faults.All));
        return catalog!;
    }
}
