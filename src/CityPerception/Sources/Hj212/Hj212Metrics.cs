using System.Diagnostics.Metrics;
using CityPerception.Core.Decoding.Hj212;
using CityPerception.Core.Observations;
using CityPerception.Observability;

namespace CityPerception.Sources.Hj212;

/// <summary>What only this transport has to count.</summary>
internal sealed class Hj212Metrics
{
    private readonly Counter<long> _tolerated, _cutOff, _refused;

    public Hj212Metrics(IMeterFactory factory)
    {
        Meter meter = factory.Create(IngestMetrics.MeterName);
        _tolerated = meter.CreateCounter<long>("cityperception.hj212.tolerated", "{frame}", "Frames with a wrong CRC or length, taken because their site is set lenient.");
        _refused = meter.CreateCounter<long>("cityperception.hj212.refused", "{frame}", "Frames of devices that may not send, or not on their connection, by reason.");
        _cutOff = meter.CreateCounter<long>("cityperception.hj212.cut_off", "{connection}", "Connections closed because their peer was silent, slow, unknown, one too many, or of an address that may not connect.");
    }

    public void Tolerated(Hj212Fault fault) => _tolerated.Add(1, new KeyValuePair<string, object?>("fault", fault is Hj212Fault.Crc ? "crc" : "length"));

    public void Refused(RejectionReason reason) => _refused.Add(1, new KeyValuePair<string, object?>("error.type", IngestMetrics.ReasonNames[reason]));

    public void CutOff(string reason) => _cutOff.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
