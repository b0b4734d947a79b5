using System.Text;
using CityPerception.Core.Decoding.Sparkplug.Wire;
using CityPerception.Core.Observations;

namespace CityPerception.Core.Decoding.Sparkplug;

/// <summary>
/// Sparkplug B (Eclipse Sparkplug 3.0): births, data and deaths of edge nodes and their devices. Metrics of one time become
/// one document, so that a payload with values from several times becomes several:
/// <code>
/// {"group":"changzhi","node":"edge-07","device":"lamp-113","type":"DDATA","seq":5,"sent":1795483800000,
///  "timestamp":1795483800000,"historical":false,"metrics":{"Power":131.5,"Lit":true}}
/// </code>
/// Births and deaths have <c>status</c> in their first document: <c>[{"name":"lamp-113","kind":"device","online":true,"seen":1795483800}]</c>.
/// A node's death names its devices too, and is as late as its arrival: its payload was made when the node connected.
/// </summary>
/// <remarks>
/// Names and datatypes of data come from the births, which are in the message's <see cref="SparkplugContext"/>; an alias
/// that none of them explains is rejected. Metrics that are no single value (data sets, templates, bytes, files, arrays) and
/// transient ones, which are not meant to be kept, are left out and counted as filtered.
/// </remarks>
public sealed class SparkplugDecoder : IDecoder
{
    // Tahu's form of a compressed payload.
    private const string CompressedMark = "SPBV1.0_COMPRESSED";

    public string Name => "sparkplug";

    public bool IsText => false;

    public void Decode(in Message message, IDocumentSink sink)
    {
        SparkplugContext? context = message.Context as SparkplugContext;
        SparkplugTopic? topic = context?.Topic ?? SparkplugTopic.Parse(message.Topic);
        if (topic is null)
        {
            string found = message.Topic.IsEmpty ? "it has no topic" : $"found {Encoding.UTF8.GetString(message.Topic)}";
            sink.RejectWhole(RejectionReason.SyntaxInvalid, "topic", $"{found}; a payload's group, type, node and device are in its topic: spBv1.0/group/DDATA/node/device");
            return;
        }

        Payload? payload = context?.Payload;
        if (payload is null && !SparkplugPayload.TryParse(message.Payload, out payload))
        {
            sink.RejectWhole(RejectionReason.SyntaxInvalid, "$", "not a Sparkplug B payload: its protobuf is broken or cut off");
            return;
        }

        if (payload.Uuid == CompressedMark)
            sink.RejectWhole(RejectionReason.ContentEncodingInvalid, "$.uuid", "a compressed payload is not taken; switch compression off at the node");
        else if (payload.Metrics.Count > DecodingLimits.MaxElements)
            sink.RejectWhole(RejectionReason.ElementsExceeded, "$.metrics", $"more than {DecodingLimits.MaxElements} metrics; nothing of the message was taken");
        else if (context is { IsStale: true })
            sink.LeaveOut();
        else
            Write(topic, payload, context, message.ReceivedNs, sink);
    }

    private static void Write(SparkplugTopic topic, Payload payload, SparkplugContext? context, long receivedNs, IDocumentSink sink)
    {
        var unknown = new UnknownMetrics();
        var documents = new SparkplugDocuments(topic, payload, context, receivedNs, sink);
        try
        {
            foreach (Metric metric in payload.Metrics) Metric(metric, context?.Birth, documents, unknown, sink);
            documents.End();
        }
        finally
        {
            documents.Return();
        }

        if (unknown.Count > 0) sink.Reject(RejectionReason.AliasUnknown, "$.metrics", unknown.Describe(topic, context));
    }

    private static void Metric(Metric metric, SparkplugBirth? birth, SparkplugDocuments documents, UnknownMetrics unknown, IDocumentSink sink)
    {
        SparkplugName? known = metric.HasName ? birth?.Find(metric.Name) : metric.HasAlias ? birth?.Find(metric.Alias) : null;
        SparkplugDataType type = metric.Datatype > 0 ? (SparkplugDataType)metric.Datatype : known?.DataType ?? SparkplugDataType.Unknown;
        if (metric.IsTransient || SparkplugValue.IsComposite(metric, type))
            sink.LeaveOut();
        else if (known is null && !metric.HasName)
            unknown.AddAlias(metric);
        else if (type is SparkplugDataType.Unknown && !SparkplugValue.IsPlain(metric))
            unknown.AddType(metric);
        else if (SparkplugValue.TryRead(metric, type, out SparkplugValue value, out RejectionReason reason, out string detail))
            documents.Add(metric, known ?? SparkplugName.Of(metric.Name, metric.Datatype), in value);
        else
            sink.Reject(reason, $"$.metrics['{known?.Name.ToString() ?? metric.Name}']", detail);
    }
}
