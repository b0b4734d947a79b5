using System.Globalization;
using CityPerception.Configuration;
using Microsoft.JSInterop;

namespace CityPerception.Screens.Admin;

/// <summary>The language of who looks: what they chose on any page, else their browser's.</summary>
internal sealed class Speech(IJSRuntime browser, CurrentPlan plan)
{
    // As texts.js has it.
    private const string StorageKey = "cityperception.language";

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

    /// <summary>A moment, in the city's zone.</summary>
    public string Moment(DateTimeOffset? at) => at is { } time ? TimeZoneInfo.ConvertTime(time, plan.Plan.City.Zone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "–";

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
