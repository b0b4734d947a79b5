using System.ComponentModel;

namespace CityPerception.Core.Configuration;

/// <summary>A name for people, in the two languages of the screens.</summary>
public sealed record Names(string Zh, string En);

/// <summary><c>{ zh: 空气质量, en: air quality }</c></summary>
public sealed class NamesFile : ConfigSection
{
    [ConfigRequired, Description("The name in Chinese.")]
    public string Zh { get; set; } = "";

    [ConfigRequired, Description("The name in English.")]
    public string En { get; set; } = "";

    public Names ToNames() => new(Zh, En);
}
