using System.Buffers;
using System.Buffers.Text;
using System.Formats.Cbor;
using System.Text.Json;
using CityPerception.Core.Decoding.SenMl;
using CityPerception.Core.Observations;

namespace CityPerception.Core.Decoding.SenMlCbor;

/// <summary>
/// SenML in CBOR (RFC 8428, section 6): the same pack with numbers for labels. It is written out as SenML in JSON, and
/// what holds for that (<see cref="SenMlDecoder"/>) holds for it.
/// </summary>
public sealed class SenMlCborDecoder : IDecoder
{
    private static readonly SenMlDecoder Json = new();

    // RFC 8428, table 4: CBOR labels, from −6 to 8.
    private static readonly string[] Labels = ["bs", "bv", "bu", "bt", "bn", "bver", "n", "u", "v", "vs", "vb", "s", "t", "ut", "vd"];
    private const int FirstLabel = -6;

    private static readonly JsonWriterOptions Options = new() { SkipValidation = true };

    public string Name => "senml-cbor";

    public bool IsText => false;

    public void Decode(in Message message, IDocumentSink sink)
    {
        if (message.Payload.IsEmpty)
        {
            sink.RejectWhole(RejectionReason.PayloadEmpty, "$", "the message is empty");
            return;
        }

        byte[] payload = ArrayPool<byte>.Shared.Rent(message.Payload.Length);
        try
        {
            message.Payload.CopyTo(payload);
            var pack = new ArrayBufferWriter<byte>(message.Payload.Length * 2);
            if (!TryWritePack(payload.AsMemory(0, message.Payload.Length), pack, sink)) return;

            Json.Decode(new Message { Payload = pack.WrittenSpan, Topic = message.Topic, Properties = message.Properties, ReceivedNs = message.ReceivedNs, Retained = message.Retained }, sink);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(payload);
        }
    }

    private static bool TryWritePack(ReadOnlyMemory<byte> payload, ArrayBufferWriter<byte> pack, IDocumentSink sink)
    {
        var reader = new CborReader(payload, CborConformanceMode.Lax);
        using var json = new Utf8JsonWriter(pack, Options);
        try
        {
            if (reader.PeekState() is not CborReaderState.StartArray) return Refuse(sink, RejectionReason.SyntaxInvalid, "$", "a SenML pack is an array of records");
            reader.ReadStartArray();
            json.WriteStartArray();
            for (int index = 0; reader.PeekState() is not CborReaderState.EndArray; index++)
            {
                if (index == DecodingLimits.MaxElements) return Refuse(sink, RejectionReason.ElementsExceeded, "$", DecodingLimits.TooManyElements);
                WriteRecord(reader, json);
            }

            reader.ReadEndArray();
            if (reader.BytesRemaining > 0) return RefuseAt(sink, payload.Length - reader.BytesRemaining, "something follows the pack");
            json.WriteEndArray();
            return true;
        }
        catch (Exception e) when (e is CborContentException or OverflowException or InvalidOperationException)
        {
            // The last is the reader's for simple values that it does not know.
            return RefuseAt(sink, payload.Length - reader.BytesRemaining, "not CBOR after this place");
        }
    }

    private static void WriteRecord(CborReader reader, Utf8JsonWriter json)
    {
        if (reader.PeekState() is not CborReaderState.StartMap)
        {
            // What is no record costs itself: the JSON decoder says so, with its index.
            json.WriteNullValue();
            reader.SkipValue();
            return;
        }

        json.WriteStartObject();
        reader.ReadStartMap();
        while (reader.PeekState() is not CborReaderState.EndMap)
        {
            if (TryReadLabel(reader) is { } label)
            {
                json.WritePropertyName(label);
                WriteValue(reader, json);
            }
            else
            {
                reader.SkipValue(); // a label that RFC 8428 does not know: passed over
            }
        }

        reader.ReadEndMap();
        json.WriteEndObject();
    }

    private static string? TryReadLabel(CborReader reader)
    {
        switch (reader.PeekState())
        {
            case CborReaderState.UnsignedInteger or CborReaderState.NegativeInteger:
                long at = reader.ReadInt64() - FirstLabel;
                return at >= 0 && at < Labels.Length ? Labels[at] : null;
            case CborReaderState.TextString or CborReaderState.StartIndefiniteLengthTextString:
                return reader.ReadTextString();
            default:
                reader.SkipValue();
                return null;
        }
    }

    private static void WriteValue(CborReader reader, Utf8JsonWriter json)
    {
        switch (reader.PeekState())
        {
            case CborReaderState.UnsignedInteger:
                json.WriteNumberValue(reader.ReadUInt64());
                break;
            case CborReaderState.NegativeInteger:
                json.WriteNumberValue(reader.ReadInt64());
                break;
            case CborReaderState.HalfPrecisionFloat or CborReaderState.SinglePrecisionFloat:
                WriteFloat(json, reader.ReadSingle());
                break;
            case CborReaderState.DoublePrecisionFloat:
                double number = reader.ReadDouble();
                if (double.IsFinite(number)) json.WriteNumberValue(number);
                else json.WriteNullValue();
                break;
            case CborReaderState.Tag when reader.PeekTag() is CborTag.DecimalFraction:
                json.WriteNumberValue(reader.ReadDecimal());
                break;
            case CborReaderState.Boolean:
                json.WriteBooleanValue(reader.ReadBoolean());
                break;
            case CborReaderState.TextString or CborReaderState.StartIndefiniteLengthTextString:
                json.WriteStringValue(reader.ReadTextString());
                break;
            case CborReaderState.ByteString or CborReaderState.StartIndefiniteLengthByteString:
                json.WriteStringValue(Base64Url.EncodeToString(reader.ReadByteString())); // as vd is in JSON (section 4.3)
                break;
            default:
                json.WriteNullValue();
                reader.SkipValue();
                break;
        }
    }

    // As a float, so that 11.2 in 32 bits stays 11.2.
    private static void WriteFloat(Utf8JsonWriter json, float number)
    {
        if (float.IsFinite(number)) json.WriteNumberValue(number);
        else json.WriteNullValue();
    }

    private static bool RefuseAt(IDocumentSink sink, int at, string what) =>
        Refuse(sink, RejectionReason.SyntaxInvalid, $"byte {at}", what + "; nothing of the pack was taken");

    private static bool Refuse(IDocumentSink sink, RejectionReason reason, string path, string detail)
    {
        sink.RejectWhole(reason, path, detail);
        return false;
    }
}
