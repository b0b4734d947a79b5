using CityPerception.Core.Configuration;

namespace CityPerception.Core.Standards;

/// <summary>The items of GB 3838-2002, table 1, but for the temperature, which is limited by its change. mg/L unless said otherwise.</summary>
public enum WaterItem
{
    /// <summary>Without a unit.</summary>
    Ph,
    DissolvedOxygen,
    Permanganate,
    Cod,
    Bod5,
    Ammonia,
    Phosphorus,
    Nitrogen,
    Copper,
    Zinc,
    Fluoride,
    Selenium,
    Arsenic,
    Mercury,
    Cadmium,
    Chromium6,
    Lead,
    Cyanide,
    Phenol,
    Oil,
    Surfactant,
    Sulfide,

    /// <summary>Count per litre.</summary>
    Coliform,
}

/// <summary>Lakes and reservoirs have limits of their own for phosphorus, and only they have one for nitrogen.</summary>
public enum WaterBody
{
    River,
    Lake,
}

/// <summary>Limits of classes I to V, and names: GB 3838-2002, table 1 (地表水环境质量标准基本项目标准限值).</summary>
public static class WaterItems
{
    private sealed record Row(string Zh, string En, double[] Limits);

    // In the order of the enumeration. pH has a range instead, the same for all classes.
    private static readonly Row[] Rows =
    [
        new("pH值", "pH", []),
        new("溶解氧", "dissolved oxygen", [7.5, 6, 5, 3, 2]),
        new("高锰酸盐指数", "permanganate index", [2, 4, 6, 10, 15]),
        new("化学需氧量", "chemical oxygen demand", [15, 15, 20, 30, 40]),
        new("五日生化需氧量", "5-day biochemical oxygen demand", [3, 3, 4, 6, 10]),
        new("氨氮", "ammonia nitrogen", [0.15, 0.5, 1.0, 1.5, 2.0]),
        new("总磷", "total phosphorus", [0.02, 0.1, 0.2, 0.3, 0.4]),
        new("总氮", "total nitrogen", [0.2, 0.5, 1.0, 1.5, 2.0]),
        new("铜", "copper", [0.01, 1.0, 1.0, 1.0, 1.0]),
        new("锌", "zinc", [0.05, 1.0, 1.0, 2.0, 2.0]),
        new("氟化物", "fluoride", [1.0, 1.0, 1.0, 1.5, 1.5]),
        new("硒", "selenium", [0.01, 0.01, 0.01, 0.02, 0.02]),
        new("砷", "arsenic", [0.05, 0.05, 0.05, 0.1, 0.1]),
        new("汞", "mercury", [0.00005, 0.00005, 0.0001, 0.001, 0.001]),
        new("镉", "cadmium", [0.001, 0.005, 0.005, 0.005, 0.01]),
        new("铬(六价)", "hexavalent chromium", [0.01, 0.05, 0.05, 0.05, 0.1]),
        new("铅", "lead", [0.01, 0.01, 0.05, 0.05, 0.1]),
        new("氰化物", "cyanide", [0.005, 0.05, 0.2, 0.2, 0.2]),
        new("挥发酚", "volatile phenol", [0.002, 0.002, 0.005, 0.01, 0.1]),
        new("石油类", "petroleum", [0.05, 0.05, 0.05, 0.5, 1.0]),
        new("阴离子表面活性剂", "anionic surfactant", [0.2, 0.2, 0.2, 0.3, 0.3]),
        new("硫化物", "sulfide", [0.05, 0.1, 0.2, 0.5, 1.0]),
        new("粪大肠菌群", "faecal coliform", [200, 2000, 10000, 20000, 40000]),
    ];

    private static readonly double[] LakePhosphorus = [0.01, 0.025, 0.05, 0.1, 0.2];

    public static Names Name(this WaterItem item) => new(Rows[(int)item].Zh, Rows[(int)item].En);

    /// <summary>What a class asks for: at most this, of oxygen at least. Empty for pH, and for nitrogen in rivers.</summary>
    public static ReadOnlySpan<double> Limits(this WaterItem item, WaterBody body) => (item, body) switch
    {
        (WaterItem.Phosphorus, WaterBody.Lake) => LakePhosphorus,
        (WaterItem.Nitrogen, WaterBody.River) => [],
        _ => Rows[(int)item].Limits,
    };

    /// <summary>
    /// Whether an item decides the class of a section: 21 of the table do, in rivers and in lakes (环办〔2011〕22号, 一(一)1).
    /// Total nitrogen of lakes and faecal coliform are classed for reference only, apart from the others.
    /// </summary>
    public static bool Decides(this WaterItem item) => item is not (WaterItem.Nitrogen or WaterItem.Coliform);

    // Those that are named first among what pollutes (环办〔2011〕22号, 二(一)): cyanide, lead, chromium and such heavy metals.
    internal static bool IsNamedFirst(this WaterItem item) =>
        item is WaterItem.Cyanide or WaterItem.Lead or WaterItem.Chromium6 or WaterItem.Cadmium or WaterItem.Mercury or WaterItem.Arsenic;
}
