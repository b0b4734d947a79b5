using System.Text.Json;
using CityPerception.Core.Decoding.Sparkplug.Wire;
using CityPerception.Core.Observations;

namespace CityPerception.Core.Decoding.Sparkplug;

/// <summary>Writes the documents of one payload: one for each run of metrics of one time.</summary>
internal sealed class SparkplugDocuments(SparkplugTopic topic, Payload payload, SparkplugContext? context, long receivedNs, IDocumentSink sink)
{
    private readonly DocumentWriter _writer = DocumentWriter.Rent();
    private Utf8JsonWriter? _json;
    private ulong _time;
    private bool _isHistorical, _hasAny;

    /// <summary>Adds a metric: to the document at hand if that has its time, else to the next.</summary>
    public void Add(Metric metric, SparkplugName name, in SparkplugValue value)
    {
        ulong time = metric.Timestamp > 0 ? metric.Timestamp : payload.Timestamp;
        if (_json is null || time != _time || metric.IsHistorical != _isHistorical) Begin(time, metric.IsHistorical);
        _json!.WritePropertyName(name.Name);
        value.Write(_json);
    }

    /// <summary>Hands on the last document; one without metrics where there was none, so that a birth or death is seen.</summary>
    public void End()
    {
        if (!_hasAny && payload.Metrics.Count > 0 && !IsSessionChange) return; // all of it was left out, or refused
        if (!_hasAny) Begin(payload.Timestamp, isHistorical: false);
        Close();
    }

    public void Return() => _writer.Return();

    private bool IsSessionChange => topic.Type is not (SparkplugType.NodeData or SparkplugType.DeviceData);

    private bool IsBirth => topic.Type is SparkplugType.NodeBirth or SparkplugType.DeviceBirth;

    private long ReceivedMs => receivedNs / ObservationTime.NsPerMillisecond;

    private void Begin(ulong time, bool isHistorical)
    {
        Close();
        (_time, _isHistorical) = (time, isHistorical);
        _json = _writer.Begin();
        _json.WriteStartObject();
        _json.WriteString("group"u8, topic.Group);
        _json.WriteString("node"u8, topic.Node);
        if (topic.Device is not null) _json.WriteString("device"u8, topic.Device);
        _json.WriteString("type"u8, topic.TypeName);
        if (payload.HasSeq) _json.WriteNumber("seq"u8, payload.Seq);
        // A will was made when its node connected: its own time is that of the birth.
        if (topic.Type is SparkplugType.NodeDeath) _json.WriteNumber("sent"u8, ReceivedMs);
        else if (payload.HasTimestamp) _json.WriteNumber("sent"u8, payload.Timestamp);
        if (time > 0) _json.WriteNumber("timestamp"u8, time);
        _json.WriteBoolean("historical"u8, isHistorical);
        if (IsSessionChange && !_hasAny) WriteStatus(_json);
        _json.WriteStartObject("metrics"u8);
        _hasAny = true;
    }

    private void Close()
    {
        if (_json is null) return;
        _json.WriteEndObject();
        _json.WriteEndObject();
        _writer.Hand(sink);
        _json = null;
    }

    private void WriteStatus(Utf8JsonWriter json)
    {
        json.WriteStartArray("status"u8);
        WriteStatus(json, topic.Device ?? topic.Node, isDevice: topic.Device is not null);
        foreach (string device in context?.Devices ?? []) WriteStatus(json, device, isDevice: true);
        json.WriteEndArray();
    }

    private void WriteStatus(Utf8JsonWriter json, string name, bool isDevice)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, name);
        json.WriteString("kind"u8, isDevice ? "device"u8 : "node"u8);
        json.WriteBoolean("online"u8, IsBirth);
        json.WriteNumber("seen"u8, SeenMs / 1000);
        json.WriteEndObject();
    }

    private long SeenMs => topic.Type is SparkplugType.NodeDeath
        ? context is { LastSeenMs: > 0 } known ? known.LastSeenMs : ReceivedMs
        : payload.HasTimestamp && payload.Timestamp <= long.MaxValue ? (long)payload.Timestamp : ReceivedMs;
}
