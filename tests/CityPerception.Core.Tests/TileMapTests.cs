using CityPerception.Core.Cities;
using CityPerception.Core.Configuration;

namespace CityPerception.Core.Tests;

public sealed class TileMapTests
{
    [Fact]
    public void Of_DistrictsOnACross_LieAsTheirSeatsDo()
    {
        TileMap map = TileMap.Of([At("north", 37, 113), At("west", 36, 112), At("centre", 36, 113), At("east", 36, 114), At("south", 35, 113)]);
        (int Column, int Row) north = map[0], west = map[1], east = map[3], south = map[4];
        Assert.True(north.Row < south.Row);
        Assert.True(west.Column < east.Column);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(12)]
    [InlineData(60)]
    public void Of_AnyNumberOfDistricts_GivesEachATileOfItsOwnWithinTheMap(int count)
    {
        TileMap map = TileMap.Of([.. Enumerable.Range(0, count).Select(i => At($"d{i}", 36 + i * 7 % 13 * 0.1, 113 + i * 5 % 11 * 0.1))]);
        Assert.Equal(count, Enumerable.Range(0, count).Select(i => map[i]).Distinct().Count());
        Assert.All(Enumerable.Range(0, count), i => Assert.True(map[i].Column < map.Columns && map[i].Row < map.Rows));
    }

    private static District At(string name, double latitude, double longitude) => new(name, new Names(name, name), latitude, longitude, new Dictionary<string, string>());
}
