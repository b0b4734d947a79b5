using CityPerception.Core.Configuration;

namespace CityPerception.Core.Standards;

/// <summary>A level of the index (HJ 633, table 2), with the colour of its annex A.</summary>
/// <param name="Level">1 (一级) to 6 (六级).</param>
/// <param name="Names">优 to 严重污染.</param>
/// <param name="Color">The colour's name in Chinese and English.</param>
/// <param name="Rgb">The colour as 0xRRGGBB.</param>
public sealed record AirCategory(int Level, Names Names, Names Color, int Rgb)
{
    private static readonly AirCategory[] All =
    [
        new(1, new("优", "excellent"), new("绿色", "green"), 0x00E400),
        new(2, new("良", "good"), new("黄色", "yellow"), 0xFFFF00),
        new(3, new("轻度污染", "lightly polluted"), new("橙色", "orange"), 0xFF7E00),
        new(4, new("中度污染", "moderately polluted"), new("红色", "red"), 0xFF0000),
        new(5, new("重度污染", "heavily polluted"), new("紫色", "purple"), 0x99004C),
        new(6, new("严重污染", "severely polluted"), new("褐红色", "maroon"), 0x7E0023),
    ];

    /// <summary>Of an index: 0–50, 51–100, 101–150, 151–200, 201–300, above.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative index.</exception>
    public static AirCategory Of(int aqi)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(aqi);
        return All[aqi switch { <= 50 => 0, <= 100 => 1, <= 150 => 2, <= 200 => 3, <= 300 => 4, _ => 5 }];
    }
}
