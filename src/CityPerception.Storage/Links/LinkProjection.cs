using System.Collections.Immutable;
using CityPerception.Core.LineProtocol;
using CityPerception.Storage.Projections;

namespace CityPerception.Storage.Links;

/// <summary>Links the appeals among stored lines.</summary>
public sealed class LinkProjection(AppealLinks links, StorageMetrics metrics, TimeProvider clock) : IProjection
{
    public string Name => "links";

    public ImmutableArray<string> Measurements => AppealReader.Measurements;

    public async ValueTask ApplyAsync(LineBatch lines, CancellationToken cancellationToken)
    {
        List<AppealFacts> appeals = AppealReader.Read(lines);
        if (appeals.Count == 0) return;
        int late = await links.TakeAsync(appeals, clock.GetUtcNow(), cancellationToken);
        if (late > 0) metrics.AppealsLate(late);
    }
}
