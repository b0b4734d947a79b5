using System.Text;
using CityPerception.Core.Configuration;

namespace CityPerception.Core.Tests.Configuration;

public class ConfigBinderTests
{
    [Fact]
    public void Bind_EveryKindOfKey_TakesItsValue()
    {
        SampleFile file = Bind("""
            source: air-station
            form: iso-8601
            share: 35.5
            depth: 0x10
            big: 9007199254740993
            kept: false
            ahead: 400d
            day: 2026-02-17
            opens: 08:30
            several:
              - $.a
              - { const: "007", else: null }
            fields:
              pm25: $.data.pm25
              no2: { path: $.data.no2, missing: [-99, "", null], map: { OPEN: 1, "2": two }, from: [3.0, 3.65] }
            """);

        Assert.Equal(("air-station", SampleForm.Iso, 35.5, 16), (file.Source, file.Form, file.Share, file.Depth));
        Assert.Equal((9007199254740993, false, TimeSpan.FromDays(400)), (file.Big, file.Kept, file.Ahead));
        Assert.Equal((new DateOnly(2026, 2, 17), new TimeOnly(8, 30)), (file.Day, file.Opens));
        Assert.Equal(["$.a", null], file.Several.Select(v => v.Path));
        Assert.Equal((ConfigScalarKind.Text, "007", true), (file.Several[1].Const!.Kind, file.Several[1].Const!.Text, file.Several[1].Const!.Quoted));
        Assert.Equal(ConfigScalarKind.Null, file.Several[1].Otherwise!.Kind);
        SampleValue no2 = file.Fields["no2"];
        Assert.Equal([-99, double.NaN, double.NaN], no2.Missing.Select(m => m.Number));
        Assert.Equal([ConfigScalarKind.Number, ConfigScalarKind.Text, ConfigScalarKind.Null], no2.Missing.Select(m => m.Kind));
        Assert.Equal((1, "two"), (no2.Map["OPEN"].Number, no2.Map["2"].Text));
        Assert.Equal([3.0, 3.65], no2.From!);
    }

    [Fact]
    public void Bind_WhatIsLeftOut_StaysAsTheClassHasIt()
    {
        SampleFile file = Bind("source: a");

        Assert.Equal((SampleForm.Json, 64, TimeSpan.FromMinutes(5), null, null), (file.Form, file.Depth, file.Ahead, file.Share, file.Single));
        Assert.Empty(file.Fields);
    }

    [Fact]
    public void Bind_OneElementForAList_IsAListOfOne()
    {
        SampleFile file = Bind("source: a\nseveral: { path: $.x, missing: -99 }");

        Assert.Equal(-99, Assert.Single(Assert.Single(file.Several).Missing).Number);
        Assert.False(file.IsList("several"));
    }

    [Fact]
    public void Bind_AnySection_KnowsWhereItsKeysStand()
    {
        SampleFile file = Bind("source: a\nfields:\n  pm25:\n    path: $.x\n    map: { A: 1,\n           B: 2 }\n    missing: [1, 2]\n  no2: $.y\n");

        SampleValue pm25 = file.Fields["pm25"];
        Assert.Equal("sample.yaml:3:3", $"{pm25.Place}");
        Assert.Equal("fields.pm25", pm25.KeyPath);
        Assert.Equal("sample.yaml:4:11", $"{pm25.PlaceOf("path")}");
        Assert.Equal("sample.yaml:6:15", $"{pm25.PlaceOf("map", "B")}");
        Assert.Equal("sample.yaml:7:18", $"{pm25.PlaceOf("missing", 1)}");
        Assert.Equal("sample.yaml:3:3", $"{pm25.PlaceOf("const")}");
        Assert.Equal("fields.pm25.path", pm25.PathOf("path"));
        Assert.True(pm25.Has("path") && !pm25.Has("const"));
        Assert.Equal("sample.yaml:8:8", $"{file.Fields["no2"].PlaceOf("path")}");
        Assert.True(file.Fields["no2"].Has("path"));
    }

    /// <summary>Each kind of fault once, as the person who made it reads it.</summary>
    [Theory]
    [InlineData("source: a\npath: 1", "2:1: path: found the unknown key path; allowed: the keys source, form, share, depth, big, kept, ahead, day, opens, single, several, fields")]
    [InlineData("sorce: a\nsource: a", "1:1: sorce: found the unknown key sorce; allowed: the keys source, form, share, depth, big, kept, ahead, day, opens, single, several, fields; did you mean source?")]
    [InlineData("form: json", "1:1: found no source; allowed: source is required: a kebab-case name")]
    [InlineData("source: A b", "1:9: source: found the text \"A b\"; allowed: a kebab-case name")]
    [InlineData("source:", "1:8: source: found nothing; allowed: a kebab-case name")]
    [InlineData("source: [a]", "1:1: source: found a list; allowed: a kebab-case name")]
    [InlineData("source: a\nform: jsn", "2:7: form: found the text \"jsn\"; allowed: one of json, line-protocol, iso-8601; did you mean json?")]
    [InlineData("source: a\nform: line_protocol", "2:7: form: found the text \"line_protocol\"; allowed: one of json, line-protocol, iso-8601; did you mean line-protocol?")]
    [InlineData("source: a\nshare: 100.1", "2:8: share: found the number 100.1; allowed: a number from 0 to 100")]
    [InlineData("source: a\nshare: \"5\"", "2:8: share: found the text \"5\"; allowed: a number from 0 to 100; did you mean 5 without quotes?")]
    [InlineData("source: a\nshare: .nan", "2:8: share: found the text \".nan\"; allowed: a number from 0 to 100")]
    [InlineData("source: a\ndepth: 1.5", "2:8: depth: found the number 1.5; allowed: a whole number from 1 to 64")]
    [InlineData("source: a\nbig: 1e300", "2:6: big: found the number 1e300; allowed: a whole number")]
    [InlineData("source: a\nkept: yes", "2:7: kept: found the text \"yes\"; allowed: true or false; did you mean true?")]
    [InlineData("source: a\nahead: 5", "2:8: ahead: found the number 5; allowed: a span of time such as 90s, 5m, 2h or 400d; did you mean 5s, 5m or 5h?")]
    [InlineData("source: a\nday: 17.02.2026", "2:6: day: found the text \"17.02.2026\"; allowed: a date such as 2026-02-17")]
    [InlineData("source: a\nopens: 8:30", "2:8: opens: found the text \"8:30\"; allowed: a time of the day such as 08:30; did you mean 08:30?")]
    [InlineData("source: a\nsingle: 140400", "2:9: single: found the number 140400; allowed: a text; did you mean \"140400\"?")]
    [InlineData("source: a\nsingle: [$.x]", "2:1: single: found a list; allowed: a text, or a mapping with path, const, lookup, key, else, missing, map, from")]
    [InlineData("source: a\nsingle: {}", "2:1: single: found none of path, const, lookup; allowed: exactly one of them")]
    [InlineData("source: a\nsingle: { path: $.x, const: 1 }", "2:1: single: found path and const; allowed: only one of path, const, lookup")]
    [InlineData("source: a\nsingle: $.x\nseveral: $.y", "1:1: found single and several; allowed: only one of single, several")]
    [InlineData("source: a\nsingle: { lookup: t }", "2:1: single: found lookup without key; allowed: lookup and key together")]
    [InlineData("source: a\nsingle: { path: $.x, from: [1] }", "2:22: single.from: found a list of 1; allowed: a list of 2, each a number")]
    [InlineData("source: a\nsingle: { path: $.x, from: [1, b] }", "2:32: single.from[1]: found the text \"b\"; allowed: a number")]
    [InlineData("source: a\nsingle: { path: $.x, missing: [[1]] }", "2:32: single.missing[0]: found a list; allowed: a text, a number, true, false or null")]
    [InlineData("source: a\nfields: { PM2.5: $.x }", "2:11: fields[\"PM2.5\"]: found the name \"PM2.5\"; allowed: a snake_case name")]
    [InlineData("source: a\nfields: $.x", "2:9: fields: found the text \"$.x\"; allowed: a mapping from names to a text, or a mapping with path, const, lookup, key, else, missing, map, from")]
    [InlineData("source: a\nsource: b", "2:1: source: found the key source again (first in line 1); allowed: every key once")]
    [InlineData("source: &x a", "1:9: source: found the anchor &x; allowed: no anchors; a text that begins with & stands in quotes")]
    [InlineData("source: a\nsingle: *x.y", "2:9: single: found the alias *x.y; allowed: no aliases; a text that begins with * stands in quotes; did you mean \"*x.y\"?")]
    [InlineData("source: !!str a", "1:9: source: found the tag tag:yaml.org,2002:str; allowed: no tags; a text that begins with ! stands in quotes")]
    [InlineData("source: a\n? [b]\n: c", "2:3: found a list as a key; allowed: a text as a key")]
    [InlineData("source: a\n---\nsource: b", "2:1: found a second document (---); allowed: one document a file")]
    [InlineData("# nothing yet\n", "1:1: found an empty file; allowed: a mapping")]
    [InlineData("- a", "1:1: found a list; allowed: a mapping with source, form, share, depth, big, kept, ahead, day, opens, single, several, fields")]
    public void Bind_OneFault_SaysWhereWhatAndWhatInstead(string yaml, string expected)
    {
        var faults = new ConfigFaults();
        ConfigBinder.Bind<SampleFile>("sample.yaml", yaml, faults);

        Assert.Equal("sample.yaml:" + expected, Assert.Single(faults.All).ToString());
    }

    /// <summary>What YAML itself refuses: its words, and what is usually behind it.</summary>
    [Theory]
    [InlineData("source: @~", 1, 9, "\"@~\"")]
    [InlineData("source: { path: %x, b: 1 }", 1, 17, "\"%x\"")]
    [InlineData("source: { max: $.a[*].b }", 1, 19, "quotes around the path (\"$.a[*]\"): within { } its brackets are YAML's")]
    [InlineData("source: a: b", 1, 10, "quotes around the text that holds a colon")]
    [InlineData("source:\n\tx: b", 1, 1, "spaces instead of the tab in line 2")]
    [InlineData("source: [a\n", 2, 1, null)]
    public void Bind_BrokenYaml_SaysWhereAndWhatIsUsuallyBehindIt(string yaml, int line, int column, string? suggestion)
    {
        var faults = new ConfigFaults();

        Assert.Null(ConfigBinder.Bind<SampleFile>("sample.yaml", yaml, faults));
        ConfigFault fault = Assert.Single(faults.All);
        Assert.Equal(new ConfigPlace("sample.yaml", line, column), fault.Place);
        Assert.StartsWith("no YAML (While ", fault.Found, StringComparison.Ordinal);
        Assert.Equal(suggestion, fault.Suggestion);
    }

    [Fact]
    public void Bind_SeveralFaults_ReportsThemAllAndKeepsTheSoundParts()
    {
        var faults = new ConfigFaults();
        SampleFile? file = ConfigBinder.Bind<SampleFile>("sample.yaml", """
            source: 5
            from: { mqtt: x }
            fields:
              good: $.x
              bad: { pth: $.y }
            """, faults);

        Assert.Equal(4, faults.All.Count); // the source, the unknown keys from and pth, and that nothing is left of the value
        Assert.NotNull(file);
        Assert.False(file.IsSound);
        Assert.True(file.Fields["good"].IsSound);
        Assert.False(file.Fields["bad"].IsSound);
    }

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    public void Bind_Nesting_GoesThirtyTwoLevelsDeep(int levels, bool fits)
    {
        // The document is the first level, the text within the innermost list the last.
        string yaml = "source: " + new string('[', levels - 2) + "a" + new string(']', levels - 2);
        var faults = new ConfigFaults();
        ConfigBinder.Bind<SampleFile>("sample.yaml", yaml, faults);

        Assert.Equal(fits ? "a list" : "more than 32 levels of nesting", Assert.Single(faults.All).Found);
    }

    [Fact]
    public void Bind_BracketsWithoutEnd_AreRefusedAtTheLimit()
    {
        var faults = new ConfigFaults();

        Assert.Null(ConfigBinder.Bind<SampleFile>("sample.yaml", new string('[', 3_000_000), faults));
        Assert.Equal("more than 32 levels of nesting", Assert.Single(faults.All).Found);
    }

    [Fact]
    public void Bind_MoreThanFourMebibytes_IsRefusedUnread()
    {
        var faults = new ConfigFaults();
        string text = new('é', (2 << 20) + 1);

        Assert.Null(ConfigBinder.Bind<SampleFile>("sample.yaml", text, faults));
        Assert.Equal("sample.yaml:1:1: found 4194306 bytes; allowed: at most 4194304 bytes a file", faults.All.Single().ToString());
    }

    [Fact]
    public void Bind_ByteOrderMarkAndWindowsLineEnds_AreNoFaults() => Assert.Equal("b", Bind("\uFEFFsource: b\r\nform: json\r\n").Source);

    [Fact]
    public void Bind_BytesFromAStranger_NeverThrows()
    {
        string[] parts = ["source", ": ", "a", "\n", "  ", "- ", "{", "}", "[", "]", ", ", "\"", "'", "&x ", "*x", "!t ", "? ", "|", ">", "#", "%", "@", "\t", "---", "...", "<<", "\0", "é", "𝄞", "0x", "1e999", "~", "\\u", "\r"];
        var random = new Random(20261124);
        var text = new StringBuilder();
        for (int run = 0; run < 20_000; run++)
        {
            text.Clear();
            for (int i = random.Next(1, 14); i > 0; i--) text.Append(parts[random.Next(parts.Length)]);
            var faults = new ConfigFaults();
            SampleFile? file = ConfigBinder.Bind<SampleFile>("sample.yaml", text.ToString(), faults);

            Assert.True(file is { IsSound: true } || faults.All.Count > 0, $"Neither bound nor refused: {text}");
        }
    }

    private static SampleFile Bind(string yaml)
    {
        var faults = new ConfigFaults();
        SampleFile? file = ConfigBinder.Bind<SampleFile>("sample.yaml", yaml, faults);
        Assert.Empty(faults.All);
        return file!;
    }
}
