using System.Globalization;
using System.Text.Json;
using CityPerception.Core.Decoding.Json;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Observations;

namespace CityPerception.Core.Decoding.SenMl;

/// <summary>
/// SenML in JSON (RFC 8428): resolves base values and times, and makes a document of each record. A bad record costs
/// itself. What spoils the rest with it costs the pack: broken JSON, a base of the wrong type, a version or label that
/// has to be understood and is not. Allocates nothing for a good pack once the thread's buffers have grown.
/// </summary>
public sealed class SenMlDecoder : IDecoder
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = DecodingLimits.MaxDepth };

    public string Name => "senml";

    public void Decode(in Message message, IDocumentSink sink)
    {
        ReadOnlySpan<byte> pack = JsonText.Trim(message.Payload);
        if (pack.IsEmpty)
        {
            sink.Reject(RejectionReason.PayloadEmpty, "$", "the message has no JSON");
            return;
        }

        if (!CanBeRead(pack, sink)) return;

        DocumentWriter document = DocumentWriter.Rent();
        var reader = new Utf8JsonReader(pack, Options);
        var bases = new SenMlBases();
        reader.Read();
        for (int index = 0; reader.Read() && reader.TokenType is not JsonTokenType.EndArray; index++)
        {
            if (reader.TokenType is not JsonTokenType.StartObject)
            {
                sink.Reject(RejectionReason.TypeMismatch, $"$[{index}]", "a record is an object");
                reader.Skip();
                continue;
            }

            SenMlRecord record = SenMlRecord.Read(ref reader, pack);
            bases.Take(record);
            if ((record.Has & ~SenMlLabel.AnyBase) == 0 && record.Has != 0) continue; // says what holds for those after it
            if ((record.Fault ?? Write(record, bases, message, document)) is { } fault) sink.Reject(fault.Reason, fault.Path(index), fault.Detail);
            else document.Hand(sink);
        }

        document.Return();
    }

    // The whole pack is read once before anything of it is handed on: a reader that does not understand it must not
    // use it (section 4.4), and base values hold for all the records after them.
    private static bool CanBeRead(ReadOnlySpan<byte> pack, IDocumentSink sink)
    {
        var reader = new Utf8JsonReader(pack, Options);
        try
        {
            reader.Read();
            if (reader.TokenType is not JsonTokenType.StartArray) return Refuse(sink, RejectionReason.SyntaxInvalid, "$", "a SenML pack is an array of records");

            int index = 0;
            for (; reader.Read() && reader.TokenType is not JsonTokenType.EndArray; index++)
            {
                if (index == DecodingLimits.MaxElements) return Refuse(sink, RejectionReason.ElementsExceeded, "$", DecodingLimits.TooManyElements);
                if (reader.TokenType is not JsonTokenType.StartObject)
                {
                    reader.Skip();
                    continue;
                }

                if (SenMlRecord.Read(ref reader, pack).PackFault is { } fault) return Refuse(sink, fault.Reason, fault.Path(index), fault.Detail + "; nothing of the pack was taken");
            }

            reader.Read(); // throws for what follows the array
            return index > 0 || Refuse(sink, RejectionReason.PayloadEmpty, "$", "the pack has no record");
        }
        catch (JsonException)
        {
            return IsTooDeep(reader, pack)
                ? Refuse(sink, RejectionReason.DepthExceeded, $"byte {reader.BytesConsumed}", $"nested deeper than {DecodingLimits.MaxDepth} levels; nothing of the pack was taken")
                : Refuse(sink, RejectionReason.SyntaxInvalid, $"byte {reader.BytesConsumed}", "not JSON after this place; nothing of the pack was taken");
        }
    }

    // The exception does not say so. A start token is at the depth of what is around it, hence the one less.
    private static bool IsTooDeep(in Utf8JsonReader reader, ReadOnlySpan<byte> pack) =>
        reader.CurrentDepth >= DecodingLimits.MaxDepth - 1
        && pack[(int)reader.BytesConsumed..].TrimStart(" \t\r\n,:"u8) is [(byte)'[' or (byte)'{', ..];

    private static bool Refuse(IDocumentSink sink, RejectionReason reason, string path, string detail)
    {
        sink.RejectWhole(reason, path, detail);
        return false;
    }

    private static SenMlFault? Write(in SenMlRecord record, in SenMlBases bases, in Message message, DocumentWriter document)
    {
        SenMlLabel values = record.Has & SenMlLabel.AnyValue;
        bool hasSum = (record.Has & SenMlLabel.Sum) != 0 || !bases.Sum.IsEmpty;
        // A missing value beside a base value counts as zero (section 4.5.4).
        bool hasNumber = values is SenMlLabel.Value || (values == 0 && !hasSum && !bases.Value.IsEmpty);
        if ((values & (values - 1)) != 0) return new SenMlFault(SenMlLabel.Unknown, RejectionReason.SyntaxInvalid, "more than one of v, vs, vb and vd");
        if (values == 0 && !hasNumber && !hasSum) return new SenMlFault(SenMlLabel.Unknown, RejectionReason.ValueMissing, "none of v, vs, vb, vd and s");

        Span<byte> name = stackalloc byte[DecodingLimits.MaxNameBytes];
        if (SenMlName.Resolve(bases.Name, record.Name, name, out int nameLength) is { } wrong) return new SenMlFault(SenMlLabel.Name, RejectionReason.SyntaxInvalid, wrong);
        if (!SenMlTime.TryResolve(bases.Time, record.Time, message.ReceivedNs, out long ns, out bool isRelative))
        {
            return new SenMlFault(SenMlLabel.Time, RejectionReason.TimeInvalid, "bt + t is in seconds, and not a time between 1677 and 2262");
        }

        Utf8JsonWriter json = document.Begin();
        json.WriteStartObject();
        json.WriteString("n"u8, name[..nameLength]);
        WriteText(json, "bn"u8, bases.Name);
        WriteText(json, "name"u8, record.Name);
        WriteText(json, "u"u8, (record.Has & SenMlLabel.Unit) != 0 ? record.Unit : bases.Unit);
        if (hasNumber && !TryWriteSum(json, "v"u8, bases.Value, record.Value)) return NotFinite(SenMlLabel.Value);
        if (values is SenMlLabel.StringValue) WriteText(json, "vs"u8, record.Text);
        if (values is SenMlLabel.DataValue) WriteText(json, "vd"u8, record.Text);
        if (values is SenMlLabel.BooleanValue) json.WriteBoolean("vb"u8, record.Boolean);
        if (hasSum && !TryWriteSum(json, "s"u8, bases.Sum, record.Sum)) return NotFinite(SenMlLabel.Sum);
        // A retained message counts only if it carries its own time, and this one left it to the arrival.
        if (!(isRelative && message.Retained)) json.WriteNumber("time"u8, ns);
        if (!record.UpdateTime.IsEmpty) TryWriteSum(json, "ut"u8, default, record.UpdateTime);
        json.WriteEndObject();
        return null;
    }

    private static SenMlFault NotFinite(SenMlLabel label) => new(label, RejectionReason.NumberInvalid, "with its base not a finite number of 64 bits");

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> property, SenMlText text)
    {
        if (text.Token.IsEmpty) return;
        json.WritePropertyName(property);
        json.WriteRawValue(text.Token, skipInputValidation: true);
    }

    // One of the two alone keeps its digits. Together they are added as decimals, where they fit: 20.1 + 0.2 is 20.3.
    private static bool TryWriteSum(Utf8JsonWriter json, ReadOnlySpan<byte> property, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        json.WritePropertyName(property);
        if (first.IsEmpty || second.IsEmpty)
        {
            json.WriteRawValue(first.IsEmpty ? second : first, skipInputValidation: true);
            return true;
        }

        if (IsPlain(first, out decimal exactFirst) && IsPlain(second, out decimal exactSecond))
        {
            json.WriteNumberValue(exactFirst + exactSecond);
            return true;
        }

        if (!LineNumbers.TryParseDouble(first, out double roughFirst)
            || !LineNumbers.TryParseDouble(second, out double roughSecond)
            || !double.IsFinite(roughFirst + roughSecond))
        {
            return false;
        }

        json.WriteNumberValue(roughFirst + roughSecond);
        return true;
    }

    // Without exponent and with at most 20 digits: neither the number nor a sum of two can lose any in a decimal.
    private static bool IsPlain(ReadOnlySpan<byte> number, out decimal value)
    {
        value = 0;
        return number.Length <= 20
            && !number.ContainsAny((byte)'e', (byte)'E')
            && decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }
}
