using System.Collections.Frozen;
using System.Globalization;
using CityPerception.Configuration;
using CityPerception.Core.Configuration;
using CityPerception.Core.Schema;
using Microsoft.JSInterop;

namespace CityPerception.Screens.Admin;

/// <summary>The language of who looks: what they chose on any page, else their browser's.</summary>
internal sealed class Speech(IJSRuntime browser, CurrentPlan plan)
{
    // As texts.js has it.
    private const string StorageKey = "cityperception.language";

    // As texts.js has them.
    private static readonly FrozenDictionary<string, string> UnitSigns = new Dictionary<string, string>
    {
        ["Cel"] = "°C",
        ["deg"] = "°",
        ["ug/m3"] = "µg/m³",
        ["mg/m3"] = "mg/m³",
        ["m3"] = "m³",
        ["m3/s"] = "m³/s",
        ["uS/cm"] = "µS/cm",
        ["W/m2"] = "W/m²",
    }.ToFrozenDictionary();

    /// <summary>Called when another language was chosen.</summary>
    public event Action? Changed;

    public bool IsChinese { get; private set; } = true;

    /// <summary>A text of <see cref="AdminTexts"/>, with {0}, {1} … filled in. A key that has none stays as it is: reasons and states of a newer server.</summary>
    public string this[string key, params object?[] values]
    {
        get
        {
            string text = AdminTexts.Find(key) is var (zh, en) ? Pick(zh, en) : key;
            return values.Length == 0 ? text : string.Format(CultureInfo.InvariantCulture, text, values);
        }
    }

    /// <summary>Picks.</summary>
    public string Pick(string zh, string en) => IsChinese ? zh : en;

    /// <summary>Picks.</summary>
    public string Pick(Names names) => Pick(names.Zh, names.En);

    /// <summary>What a field is called; its key where the catalogue has no words for it.</summary>
    public string NameOf(FieldSchema? field, string key) => field?.Names is { } names ? Pick(names) : key;

    /// <summary>A moment, in the city's zone.</summary>
    public string Moment(DateTimeOffset? at) => at is { } time ? TimeZoneInfo.ConvertTime(time, plan.Plan.City.Zone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "–";

    /// <summary>A value of a field, with its unit as people write it.</summary>
    public static string Value(object value, string? unit)
    {
        string text = value is double number ? number.ToString("0.###", CultureInfo.InvariantCulture) : Convert.ToString(value, CultureInfo.InvariantCulture)!;
        return unit is null or "1" ? text : $"{text} {UnitSigns.GetValueOrDefault(unit, unit)}";
    }

    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public async Task LoadAsync()
    {
        string? chosen = await browser.InvokeAsync<string?>("localStorage.getItem", StorageKey);
        chosen ??= await browser.GetValueAsync<string>("navigator.language");
        IsChinese = chosen.StartsWith("zh", StringComparison.OrdinalIgnoreCase);
        await TellAsync();
    }

    public async Task SwitchAsync()
    {
        IsChinese = !IsChinese;
        await browser.InvokeVoidAsync("localStorage.setItem", StorageKey, Pick("zh", "en"));
        await TellAsync();
        Changed?.Invoke();
    }

    private async Task TellAsync() => await browser.SetValueAsync("document.documentElement.lang", Pick("zh-CN", "en"));
}
