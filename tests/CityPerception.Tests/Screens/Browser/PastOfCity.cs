using System.Globalization;
using System.Text;
using CityPerception.Configuration;
using CityPerception.Core.Channels;
using CityPerception.Core.Cities;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;
using CityPerception.TestKit;

namespace CityPerception.Tests.Screens.Browser;

/// <summary>
/// A month of views, as rollups would have written them, so that a new server shows what one that has run for a month
/// does. The same at each run but for its times; levels follow from the configured bounds.
/// </summary>
internal static class PastOfCity
{
    // Typical values where those by unit are none: KPI, centre, swing.
    private static readonly Dictionary<string, (double Centre, double Swing)> Typical = new()
    {
        ["aqi_hour"] = (58, 22),
        ["aqi_day"] = (62, 18),
        ["aqi_station"] = (60, 25),
        ["water_class"] = (2.6, 0.5),
        ["water_site_class"] = (2.5, 0.6),
        ["noise_over"] = (0, 0),
        ["noise_site_over"] = (0.2, 1),
        ["emission_exceed_hours"] = (0, 0),
        ["emission_exceed_multiple"] = (0, 0),
        ["discharge_exceed_hours"] = (0, 0),
        ["discharge_exceed_multiple"] = (0, 0),
        ["project_overdue"] = (0, 0),
        ["close_rate"] = (96.6, 2.4),
        ["incident_reported"] = (7, 5),
        ["manhole_alarm"] = (-0.2, 1),
        ["hotline_volume"] = (11, 6),
        ["noise_leq"] = (53, 6),
        ["noise_ld"] = (56, 3),
        ["noise_ln"] = (46, 3),
        ["reject_rate"] = (0.05, 0.06),
        ["low_battery_rate"] = (2, 1.2),
        ["tip_volume"] = (14, 9),
        ["approval_days"] = (0.8, 0.4),
        ["entity_net"] = (30, 32),
        ["approval_speedup"] = (86, 5),
        ["enforcement_on_time_rate"] = (99, 0.9),
        ["dispose_on_time_rate"] = (93, 4.5),
        ["dispatched"] = (6, 4),
        ["dispatch_time"] = (0.7, 0.4),
        ["connect_rate"] = (97, 1.9),
        ["negative_share"] = (11, 6),
        ["joint_share"] = (38, 6),
        ["promise_share"] = (68, 7),
        ["problem_found_rate"] = (18, 9),
        ["blind_alarm_rate"] = (42, 18),
        ["thing_first_lead"] = (44, 9),
        ["legal_review_rate"] = (100, 0.1),
        ["tip_resolution_rate"] = (97, 1.6),
    };

    /// <summary>Writes them into the store: nobody else may write views.</summary>
    public static async Task WriteAsync(IStore store, DateTimeOffset now, CancellationToken cancellationToken)
    {
        IngestPlan plan = ConfigDirectory.Load(RepositoryFolder.Find("ingest-configs")).Plan!;
        foreach (Channel channel in plan.Channels.Values)
        {
            List<string> lines = LinesOf(channel, plan, now);
            WriteResult result = await store.WriteAsync(new LineBatch(Encoding.UTF8.GetBytes(string.Concat(lines)), lines.Count), cancellationToken);
            Assert.Empty(result.Refused);
        }
    }

    /// <summary>A district where all is well whatever the values, so that something can happen there.</summary>
    public static string Quiet(City city) => city.DistrictValues.Last(d => d != city.Code);

    private static List<string> LinesOf(Channel channel, IngestPlan plan, DateTimeOffset now)
    {
        List<string> lines = [];
        foreach (Kpi kpi in channel.Kpis)
        {
            foreach (ViewWindow window in kpi.Windows)
            {
                DateTimeOffset end = ViewWindows.StartOf(window, now, plan.City.Zone), from = ViewWindows.Back(window, end, window switch { ViewWindow.Minute => 60, ViewWindow.Hour => 48, _ => 30 }, plan.City.Zone);
                foreach (DateTimeOffset start in ViewWindows.Between(window, from, end, plan.City.Zone))
                {
                    foreach (string district in plan.City.DistrictValues) lines.AddRange(GroupsOf(kpi).Select(group => LineOf(channel, kpi, window, start, new ViewKey(district, group), plan)));
                }
            }
        }

        return lines;
    }

    private static string[] GroupsOf(Kpi kpi) => kpi.By switch
    {
        null => [""],
        "dept" => ["", "urban_management", "ecology_environment", "public_security"],
        "device" => ["S-01", "S-02", "S-03"],
        _ => [],
    };

    private static string LineOf(Channel channel, Kpi kpi, ViewWindow window, DateTimeOffset start, ViewKey key, IngestPlan plan)
    {
        string district = key.District;
        DateTimeOffset end = ViewWindows.Next(window, start, plan.City.Zone);
        (double centre, double swing) = Typical.GetValueOrDefault(kpi.Id, kpi.Better is Better.Lower ? (1.2, 2) : (98, 2.2));
        int place = plan.City.DistrictValues.ToList().IndexOf(district), seed = (kpi.Id + key.Group).Sum(static c => c);
        double t = start.ToUnixTimeSeconds() / (end - start).TotalSeconds;
        double wave = Math.Sin(t / 5.3 + place * 1.7 + seed) * 0.6 + Math.Sin(t / 1.9 + place * 2.9 + seed * 0.7) * 0.4;
        double value = centre + swing * wave * (district == plan.City.Code ? 0.6 : 1);
        value = kpi.Unit is "%" ? Math.Clamp(Math.Round(value, 1), 0, 100) : kpi.Unit is "件" or "个" ? Math.Max(0, Math.Round(value)) : Math.Round(value, 1);
        // What is judged by a comparison with other weeks is seldom unusual.
        double judged = kpi.Levels?.Of is null ? value : Math.Max(0, wave) * 2.4;
        int level = (int)(kpi.Levels is null ? Level.Unknown : district == Quiet(plan.City) ? Level.Green : kpi.Levels.Judge(judged));
        return string.Create(CultureInfo.InvariantCulture,
            $"channel_view,channel={channel.Slug},district={district}{(key.Group.Length > 0 ? ",group=" + key.Group : "")},kpi={kpi.Id},window={ViewWindows.NameOf(window)} value={value},num={Math.Round(value * 0.4)},den=40,samples={40 + place}i,coverage=1,level={level}i,own_level={level}i,void=0i,rev=0i,computed={end.ToUnixTimeMilliseconds() + 2400}i {start.ToUnixNs()}\n");
    }
}
