using System.Globalization;
using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Core.Observations;
using CityPerception.Storage.Rollups;
using CityPerception.TestKit;

namespace CityPerception.Storage.Tests.Rollups;

/// <summary>A channel of one KPI that a calculation gives, and what it shows of a day.</summary>
internal static class StandardsRig
{
    /// <summary>Midnight in Shanghai, a winter's day.</summary>
    public static DateTimeOffset Midnight { get; } = new(2026, 3, 1, 16, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static Task<RollupRig> StartAsync(string calculation, string window, string more = "", string standards = "", SiteLimits? sites = null) =>
        RollupRig.StartAsync(ChannelText.OneKpi(window, $"{{ x: {{ calculate: {calculation} }} }}", "value: x", "environment", "aqi_day", more), Midnight, standards: standards, sites: sites);

    /// <summary>The values of a window, as "district/group value text", after storing lines and computing everything at once.</summary>
    public static async Task<string[]> ShowAsync(this RollupRig rig, ViewWindow window, DateTimeOffset start, params string[] lines)
    {
        await rig.StoreAsync(lines);
        DateTimeOffset end = ViewWindows.Next(window, start, rig.City.Zone);
        await rig.Engine.ComputeAsync(rig.Channel, window, (start, end), rig.City, null, Ct);
        return [.. (await rig.Views.ReadAsync(new ViewQuery(rig.Channel.Slug, window, start, end), Ct)).Where(static v => !v.Void)
            .Select(static v => string.Create(CultureInfo.InvariantCulture, $"{v.Key.District}/{v.Key.Group} {v.Value:0.##} {v.Text}").Trim()).Order(StringComparer.Ordinal)];
    }

    /// <summary>The samples of some minutes, one every 5.</summary>
    public static string[] Minutes(string measurement, string device, DateTimeOffset from, int minutes, (string, object)[] fields, string category = "", string district = "140403") =>
        [.. Enumerable.Range(0, (minutes + 4) / 5).Select(i => Line(measurement, device, from.AddMinutes(5 * i), fields, category, district))];

    public static string Line(string measurement, string device, DateTimeOffset at, (string, object)[] fields, string category = "", string district = "140403") =>
        Lines.Line(measurement, [("category", category), ("device", device), ("district", district)], fields, at.ToUnixNs());
}
