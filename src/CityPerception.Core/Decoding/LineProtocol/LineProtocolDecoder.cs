using System.Text.Json;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Observations;

namespace CityPerception.Core.Decoding.LineProtocol;

/// <summary>
/// InfluxDB line protocol with somebody else's names (Telegraf's <c>cpu,host=…</c>): each line becomes a document
/// <c>{"measurement","tags","fields","time"}</c>. Times are in the precision that the message's property
/// <c>precision</c> names, and come out in nanoseconds. A bad line costs itself. Allocates nothing for a good message
/// once the thread's buffers have grown.
/// </summary>
public sealed class LineProtocolDecoder : IDecoder
{
    public string Name => "line-protocol";

    public void Decode(in Message message, IDocumentSink sink)
    {
        if (!TimePrecision.TryParse(message.Properties?.Find("precision"), out TimePrecision precision))
        {
            sink.RejectWhole(RejectionReason.TimeInvalid, "property precision", $"not a precision; allowed: {TimePrecision.Names}");
            return;
        }

        DocumentWriter document = DocumentWriter.Rent();
        var reader = new LineProtocolReader(message.Payload);
        int lines = 0;
        while (reader.NextLine() && ++lines <= DecodingLimits.MaxElements) Decode(ref reader, precision, document, sink);

        document.Return();
        if (lines == 0) sink.Reject(RejectionReason.PayloadEmpty, "$", "the message has no line");
        if (lines > DecodingLimits.MaxElements) sink.RejectWhole(RejectionReason.ElementsExceeded, "$", DecodingLimits.TooManyElements);
    }

    private static void Decode(ref LineProtocolReader reader, TimePrecision precision, DocumentWriter document, IDocumentSink sink)
    {
        Utf8JsonWriter json = document.Begin();
        json.WriteStartObject();
        json.WriteString("measurement"u8, Plain(reader.Measurement, document));
        json.WriteStartObject("tags"u8);
        while (reader.NextTag())
        {
            json.WritePropertyName(Plain(reader.Key, document));
            json.WriteStringValue(Plain(reader.Value, document));
        }

        json.WriteEndObject();
        json.WriteStartObject("fields"u8);
        while (reader.NextField())
        {
            json.WritePropertyName(Plain(reader.Key, document));
            WriteValue(ref reader, json, document);
        }

        json.WriteEndObject();
        if (reader.Failed)
        {
            sink.Reject(reader.Fault.Reason, reader.Fault.Path, reader.Fault.Detail);
            return;
        }

        if (reader.HasTime)
        {
            if (!precision.TryToNs(reader.Time, out long ns))
            {
                LineFault fault = reader.FaultAt(reader.TimeOffset, RejectionReason.TimeInvalid, "the time is not between 1677 and 2262: is the precision right?");
                sink.Reject(fault.Reason, fault.Path, fault.Detail);
                return;
            }

            json.WriteNumber("time"u8, ns);
        }

        json.WriteEndObject();
        document.Hand(sink);
    }

    private static void WriteValue(ref LineProtocolReader reader, Utf8JsonWriter json, DocumentWriter document)
    {
        switch (reader.Kind)
        {
            case LineFieldKind.Float:
                reader.TryGetDouble(out double number);
                json.WriteNumberValue(number);
                break;
            case LineFieldKind.Integer:
                reader.TryGetInt64(out long integer);
                json.WriteNumberValue(integer);
                break;
            case LineFieldKind.Unsigned:
                reader.TryGetUInt64(out ulong unsigned);
                json.WriteNumberValue(unsigned);
                break;
            case LineFieldKind.Boolean:
                reader.TryGetBoolean(out bool boolean);
                json.WriteBooleanValue(boolean);
                break;
            default:
                json.WriteStringValue(Plain(reader.Value, document));
                break;
        }
    }

    private static ReadOnlySpan<byte> Plain(LineText text, DocumentWriter document) =>
        DocumentWriter.Valid(text.NeedsUnescape ? text.Plain(document.Scratch(text.Raw.Length)) : text.Raw);
}
