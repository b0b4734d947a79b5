namespace CityPerception.Simulation.Offices;

/// <summary>Somewhere in the city where something happens.</summary>
internal sealed record Place(string District, string Grid, double Lat, double Lon, string Name)
{
    /// <summary>Some steps away: nobody stands exactly where the device does. At most some 150 m.</summary>
    public Place Nearby(Random random) => this with
    {
        Lat = Lat + 0.0013 * (2 * random.NextDouble() - 1),
        Lon = Lon + 0.0015 * (2 * random.NextDouble() - 1),
    };
}

internal static class Places
{
    private static readonly string[] Kinds = ["空气站", "工地扬尘点", "路边空气站", "噪声点", "井盖", "路灯", "积水点", "气象站", "微站"];

    private static readonly Dictionary<string, string> Districts = new()
    {
        ["140403"] = "潞州区",
        ["140404"] = "上党区",
        ["140405"] = "屯留区",
        ["140406"] = "潞城区",
        ["140423"] = "襄垣县",
        ["140425"] = "平顺县",
        ["140426"] = "黎城县",
        ["140427"] = "壶关县",
        ["140428"] = "长子县",
        ["140429"] = "武乡县",
        ["140430"] = "沁县",
        ["140431"] = "沁源县",
    };

    /// <summary>District codes, the city's core several times, as more people live there.</summary>
    public static IReadOnlyList<string> ByPopulation { get; } =
        [.. Districts.Keys, "140403", "140403", "140403", "140404", "140406", "140423", "140428"];

    public static IReadOnlyList<Place> Of(IReadOnlyList<Device> devices) => [.. devices.Select(Of)];

    public static Place Of(Device device) =>
        new(device.District, device.Grid, device.Lat, device.Lon, Kinds.Aggregate(device.Name, (name, kind) => name.Replace(kind, "", StringComparison.Ordinal)));

    /// <summary>The district's name; the code where it is not one of Changzhi's.</summary>
    public static string NameOf(string district) => Districts.GetValueOrDefault(district, district);

    /// <summary>As forms have it: now and then by the name from before 2018.</summary>
    public static string NameOnForm(string district, Random random) => random.Next(20) > 0 ? NameOf(district) : district switch
    {
        "140403" => "城区",
        "140404" => "长治县",
        "140405" => "屯留县",
        "140406" => "潞城市",
        _ => NameOf(district),
    };
}
