using System.Text;
using CityPerception.Core.Configuration;
using CityPerception.Core.Lookups;
using CityPerception.TestKit;

namespace CityPerception.Core.Tests.Lookups;

public class LookupTableTests
{
    private const string Stations = "device,district,lat,name\nAQ-1,140403,36.2,\"英雄台, 东\"\nAQ-2,140404,,\"the \"\"south\"\" gate\"\n";

    [Fact]
    public void Find_KnownKey_HasItsCells()
    {
        LookupTable table = Read(Stations);

        Assert.Equal(("stations", 2), (table.Name, table.Count));
        Assert.Equal(["device", "district", "lat", "name"], table.Columns);
        Assert.Equal("140403", Cell(table, "AQ-1", "district"));
        Assert.Equal("AQ-1", Cell(table, "AQ-1", "device"));
        Assert.Equal("英雄台, 东", Cell(table, "AQ-1", "name"));
        Assert.Equal("", Cell(table, "AQ-2", "lat"));
        Assert.Equal("the \"south\" gate", Cell(table, "AQ-2", "name"));
    }

    [Theory]
    [InlineData("AQ-3")]
    [InlineData("aq-1")]
    [InlineData("AQ-1 ")]
    [InlineData("")]
    public void Find_UnknownKey_IsNull(string key) => Assert.Null(Read(Stations).Find(Encoding.UTF8.GetBytes(key)));

    [Fact]
    public void FindColumn_UnknownName_IsMinusOne() => Assert.Equal((1, -1), (Read(Stations).FindColumn("district"), Read(Stations).FindColumn("grid")));

    [Fact]
    public void Read_ByteOrderMarkWindowsLinesBlanksAndEmptyLines_AreNoFaults()
    {
        LookupTable table = Read("\uFEFFdevice, grid\r\n\r\n a , g1 \r\nb,g2");

        Assert.Equal(["device", "grid"], table.Columns);
        Assert.Equal(("g1", "g2"), (Cell(table, "a", "grid"), Cell(table, "b", "grid")));
    }

    [Fact]
    public void Read_Comments_AreNoRows()
    {
        LookupTable table = Read("# examples, not figures: of nobody\ndevice,grid\n# a note\na,g1\n");

        Assert.Equal((1, "g1"), (table.Count, Cell(table, "a", "grid")));
    }

    [Fact]
    public void Read_OnlyAHeader_IsAnEmptyTable() => Assert.Equal(0, Read("device,grid\n").Count);

    [Theory]
    [InlineData("", "1:1: found an empty file; allowed: a first line with the names of the columns, the key's first")]
    [InlineData("device\na\n", "1:1: found one column; allowed: a key and at least one column more, between commas")]
    [InlineData("device;grid\na;g\n", "1:1: found one column; allowed: a key and at least one column more, between commas")]
    [InlineData("device,grid,grid\na,b,c\n", "1:1: found the column \"grid\" more than once; allowed: every column once, with a name")]
    [InlineData("device,\na,b\n", "1:1: found a column without a name; allowed: a name for every column")]
    [InlineData("device,grid\na,b\nc\n", "3:1: found 1 cells; allowed: 2, one for each of device,grid")]
    [InlineData("device,grid\na,b,c\n", "2:1: found 3 cells; allowed: 2, one for each of device,grid")]
    [InlineData("device,grid\n\n,b\n", "3:1: found an empty key; allowed: a key in the column device")]
    [InlineData("device,grid\na,b\nc,d\na,e\n", "4:1: found the key \"a\" again (first in line 2); allowed: every key once")]
    public void Read_OneFault_SaysWhichLineAndWhat(string csv, string expected)
    {
        var faults = new ConfigFaults();

        Assert.Null(LookupReader.Read("lookups/stations.csv", csv, faults));
        Assert.Equal("lookups/stations.csv:" + expected, Assert.Single(faults.All).ToString());
    }

    [Fact]
    public void Read_ThousandsOfBadRows_ShowsTwentyAndSaysSo()
    {
        var faults = new ConfigFaults();

        Assert.Null(LookupReader.Read("t.csv", "a,b\n" + string.Concat(Enumerable.Repeat("x\n", 5_000)), faults));
        Assert.Equal(21, faults.All.Count);
        Assert.Equal("t.csv:22:1: found more faults; allowed: none; the first 20 are shown", faults.All[^1].ToString());
    }

    [Fact]
    public void Find_ManyRows_FindsEachAndAllocatesNothing()
    {
        const int rows = 50_000;
        LookupTable table = Read("device,district,n\n" + string.Concat(Enumerable.Range(0, rows).Select(i => $"设备{i},140403,{i}\n")));
        byte[][] keys = [.. Enumerable.Range(0, rows).Select(i => Encoding.UTF8.GetBytes($"设备{i}"))];
        int column = table.FindColumn("n");
        Assert.All(Enumerable.Range(0, rows), i => Assert.Equal($"{i}", Encoding.UTF8.GetString(table.Find(keys[i])!.Value.Get(column))));

        int found = 0;
        long allocated = Allocated.Bytes(() =>
        {
            found = 0;
            foreach (byte[] key in keys)
            {
                if (table.Find(key) is { } row) found += row.Get(column).Length > 0 ? 1 : 0;
            }
        });

        Assert.Equal((rows, 0L), (found, allocated));
    }

    [Fact]
    public void Get_ColumnThatIsNot_IsOurBug()
    {
        LookupRow row = Read(Stations).Find("AQ-1"u8)!.Value;

        Assert.Throws<ArgumentOutOfRangeException>(() => row.Get(4).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => row.Get(-1).Length);
    }

    private static string Cell(LookupTable table, string key, string column) =>
        Encoding.UTF8.GetString(table.Find(Encoding.UTF8.GetBytes(key))!.Value.Get(table.FindColumn(column)));

    private static LookupTable Read(string csv)
    {
        var faults = new ConfigFaults();
        LookupTable? table = LookupReader.Read("lookups/stations.csv", csv, faults);
        Assert.Equal("", string.Join("\n", faults.All));
        return table!;
    }
}
