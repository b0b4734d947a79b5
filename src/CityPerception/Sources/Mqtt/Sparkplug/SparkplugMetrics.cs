using System.Diagnostics.Metrics;
using CityPerception.Core.Decoding.Sparkplug;
using CityPerception.Observability;

namespace CityPerception.Sources.Mqtt.Sparkplug;

/// <summary>What only this format has to count.</summary>
internal sealed class SparkplugMetrics
{
    private readonly Counter<long> _gaps, _missing, _rebirths, _stale;

    public SparkplugMetrics(IMeterFactory factory)
    {
        Meter meter = factory.Create(IngestMetrics.MeterName);
        _gaps = meter.CreateCounter<long>("cityperception.sparkplug.gaps", "{gap}", "Gaps in the running numbers of edge nodes.");
        _missing = meter.CreateCounter<long>("cityperception.sparkplug.missing", "{message}", "Messages that are missing by the running numbers of edge nodes.");
        _rebirths = meter.CreateCounter<long>("cityperception.sparkplug.rebirths", "{request}", "Requests to edge nodes to say their births again.");
        _stale = meter.CreateCounter<long>("cityperception.sparkplug.stale_deaths", "{message}", "Deaths of sessions that a newer one had followed, passed over.");
    }

    public void Gap(int missing)
    {
        _gaps.Add(1);
        _missing.Add(missing);
    }

    public void Rebirth(RebirthReason reason) => _rebirths.Add(1, new KeyValuePair<string, object?>("reason", SparkplugNodes.NameOf(reason)));

    public void StaleDeath() => _stale.Add(1);
}
