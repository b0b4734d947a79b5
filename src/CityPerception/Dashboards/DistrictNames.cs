using System.Text.Json.Nodes;
using CityPerception.Core.Cities;

namespace CityPerception.Dashboards;

/// <summary>Codes of districts are stored; people read names.</summary>
internal static class DistrictNames
{
    /// <summary>The city and its districts, in the order of the codes.</summary>
    public static IEnumerable<(string Code, string Name)> Of(City city) =>
        [(city.Code, DashboardVariables.Both(city.Names)), .. city.Districts.OrderBy(d => d.Code, StringComparer.Ordinal).Select(d => (d.Code, DashboardVariables.Both(d.Names)))];

    /// <summary>Transformations that put names in place of the codes which the names of series begin with.</summary>
    public static JsonArray InSeries(City city) => new([.. Of(city).Select(d => new JsonObject
    {
        ["id"] = "renameByRegex",
        ["options"] = new JsonObject { ["regex"] = $"^{d.Code}\\b", ["renamePattern"] = d.Name },
    })]);

    /// <summary>The column of districts in a table, by name.</summary>
    public static JsonObject InColumn(City city)
    {
        var options = new JsonObject();
        foreach ((string code, string name) in Of(city)) options[code] = new JsonObject { ["text"] = name, ["index"] = options.Count };
        return Grafana.Column("district", ("mappings", new JsonArray(new JsonObject { ["type"] = "value", ["options"] = options })));
    }
}
