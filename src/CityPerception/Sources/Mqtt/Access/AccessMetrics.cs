using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Text.Json;
using CityPerception.Observability;

namespace CityPerception.Sources.Mqtt.Access;

/// <summary>Who was let in by credentials, and who was not.</summary>
internal sealed class AccessMetrics
{
    private static readonly FrozenDictionary<RefusalReason, string> Names = Enum.GetValues<RefusalReason>().ToFrozenDictionary(r => r, r => JsonNamingPolicy.SnakeCaseLower.ConvertName(r.ToString()));

    private readonly Counter<long> _admitted, _refused, _revoked;

    public AccessMetrics(IMeterFactory factory)
    {
        Meter meter = factory.Create(IngestMetrics.MeterName);
        _admitted = meter.CreateCounter<long>("cityperception.access.admitted", "{connection}", "Connections of devices that showed a credential.");
        _refused = meter.CreateCounter<long>("cityperception.access.refused", "{connection}", "Connections that were refused, by reason.");
        _revoked = meter.CreateCounter<long>("cityperception.access.revoked", "{connection}", "Connections that were ended because their device or credential was taken out of the registry.");
    }

    public void Admitted() => _admitted.Add(1);

    public void Refused(RefusalReason reason) => _refused.Add(1, new KeyValuePair<string, object?>("error.type", Names[reason]));

    public void Revoked() => _revoked.Add(1);
}
