using System.Collections.Immutable;
using CityPerception.Core.Cases;
using CityPerception.Core.LineProtocol;
using CityPerception.Storage.Projections;

namespace CityPerception.Storage.Cases;

/// <summary>Keeps the present state of each case in the operational database.</summary>
/// <param name="table">Where; null results wait for the database to be open.</param>
/// <param name="terms">What of the configuration counts now.</param>
public sealed class CaseProjection(Func<CancellationToken, ValueTask<CaseTable>> table, Func<CaseTerms> terms) : IProjection
{
    public string Name => "cases";

    public ImmutableArray<string> Measurements => CaseMeasurements.All;

    public async ValueTask ApplyAsync(LineBatch lines, CancellationToken cancellationToken)
    {
        List<(CaseKey Key, CaseEvent Point)> points = CaseReader.Read(lines, terms());
        if (points.Count == 0) return;
        CaseTable open = await table(cancellationToken);
        await open.AddAsync(points, cancellationToken);
    }
}
