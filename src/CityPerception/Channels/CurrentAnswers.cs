using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Hashing;
using System.Text.Json;
using CityPerception.Core.Channels;
using CityPerception.Core.Mapping;
using Microsoft.Net.Http.Headers;

namespace CityPerception.Channels;

/// <summary>An answer as it is sent.</summary>
/// <param name="Content">JSON.</param>
/// <param name="Tag">Changes with the content.</param>
internal sealed record TaggedAnswer(byte[] Content, EntityTagHeaderValue Tag);

/// <summary>What is answered of a channel now, made once for all who ask before the values are read anew.</summary>
internal sealed class CurrentAnswers(CurrentViews views)
{
    private readonly ConcurrentDictionary<(string Slug, string District, bool Compares), Made> _made = [];

    public async ValueTask<TaggedAnswer> GetAsync(Channel channel, string district, bool compares, IngestPlan plan)
    {
        Dictionary<ViewWindow, CurrentSnapshot> now = [];
        foreach (Kpi kpi in channel.Kpis)
        {
            if (!now.ContainsKey(kpi.Windows[0])) now.Add(kpi.Windows[0], await views.ReadAsync(channel.Slug, kpi.Windows[0], plan.City));
        }

        (string, string, bool) key = (channel.Slug, district, compares);
        if (_made.TryGetValue(key, out Made? made) && ReferenceEquals(made.Plan, plan) && made.Snapshots.SequenceEqual(now.Values, ReferenceEqualityComparer.Instance)) return made.Answer;

        KpiAnswer[] kpis = [.. channel.Kpis.SelectMany(k => Of(k, now[k.Windows[0]].Views[(k.Id, district)], compares, plan))];
        byte[] content = JsonSerializer.SerializeToUtf8Bytes(new ChannelAnswer(channel.Slug, channel.Names, channel.Description, district, kpis), ChannelJson.Readable);
        string hash = XxHash128.HashToUInt128(content).ToString("x32", CultureInfo.InvariantCulture);
        var answer = new TaggedAnswer(content, new EntityTagHeaderValue($"\"{hash}\""));
        _made[key] = new Made(plan, [.. now.Values], answer);
        return answer;
    }

    private static IEnumerable<KpiAnswer> Of(Kpi kpi, IEnumerable<CurrentView> found, bool compares, IngestPlan plan) =>
        found.DefaultIfEmpty().Select(current => Of(kpi, current?.View, compares ? current?.Previous : null, plan));

    private static KpiAnswer Of(Kpi kpi, ChannelView? view, ChannelView? previous, IngestPlan plan) => new()
    {
        Id = kpi.Id,
        Name = kpi.Names,
        Unit = kpi.Unit,
        Better = kpi.Better.ToString().ToLowerInvariant(),
        Windows = [.. kpi.Windows.Select(ViewWindows.NameOf)],
        Window = ViewWindows.NameOf(kpi.Windows[0]),
        DefinedBy = kpi.DefinedBy,
        By = kpi.By,
        Group = view?.Key.Group is { Length: > 0 } group ? group : null,
        GroupName = ViewExplainer.GroupNameOf(kpi, view?.Key.Group, plan),
        Value = view?.Value,
        Num = view?.Num,
        Den = view?.Den,
        Level = ChannelJson.NameOf(view?.Level ?? Level.Unknown),
        Reason = view is null ? null : LevelReason.Of(kpi, view),
        Coverage = view?.Coverage,
        Samples = view?.Samples ?? 0,
        Time = view is null ? null : TimeZoneInfo.ConvertTime(view.Start, plan.City.Zone),
        Rev = view?.Revision ?? 0,
        Previous = view is null || previous is null ? null : EarlierValue.Of(previous, view.Value, plan.City),
    };

    private sealed record Made(IngestPlan Plan, CurrentSnapshot[] Snapshots, TaggedAnswer Answer);
}
