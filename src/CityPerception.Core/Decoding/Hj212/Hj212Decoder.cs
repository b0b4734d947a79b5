using System.Buffers;
using System.Text.Json;
using CityPerception.Core.Observations;

namespace CityPerception.Core.Decoding.Hj212;

/// <summary>
/// HJ 212 of 2005, 2017 and 2025: makes a document of each frame; README.md beside this file shows one. A bad frame costs
/// itself, unless the message's property <see cref="CheckProperty"/> is <c>lenient</c>: then its document names the fault.
/// Allocates nothing for a good frame once the thread's buffers have grown.
/// </summary>
public sealed class Hj212Decoder : IDecoder
{
    /// <summary>Whether frames with a wrong CRC or length are taken.</summary>
    public const string CheckProperty = "hj212-check", Lenient = "lenient";

    /// <summary>The four digits of the length end at 9999.</summary>
    public const int MaxFrameBytes = 65_536;

    public string Name => "hj212";

    public void Decode(in Message message, IDocumentSink sink)
    {
        bool lenient = message.Properties?.Find(CheckProperty) is Lenient;
        ReadOnlySpan<byte> rest = message.Payload;
        int frames = 0;
        while (true)
        {
            Hj212FrameStatus status = Hj212Frame.Read(rest, MaxFrameBytes, out Hj212Frame frame);
            // A message may end where a stream would bring a line end.
            if (status is Hj212FrameStatus.NeedMore && rest.ContainsAnyExcept("\r\n \t"u8)) status = EndOf(rest, out frame);
            if (status is Hj212FrameStatus.NeedMore) break;
            if (++frames > DecodingLimits.MaxElements)
            {
                sink.RejectWhole(RejectionReason.ElementsExceeded, "$", DecodingLimits.TooManyElements);
                return;
            }

            if (status is Hj212FrameStatus.Garbage || (status is Hj212FrameStatus.Faulty && !lenient)) sink.Reject(ReasonOf(frame.Fault), $"frame {frames}", Describe(frame.Fault));
            else Decode(in frame, frames, message.Properties as IHj212Opener, sink);
            rest = rest[frame.Consumed..];
        }

        if (frames == 0) sink.Reject(RejectionReason.PayloadEmpty, "$", "the message has no frame");
    }

    /// <summary>The fault in words for whoever sent it.</summary>
    public static string Describe(Hj212Fault fault) => fault switch
    {
        Hj212Fault.Crc => "the four hex digits at the end are not the CRC of the data (HJ 212-2017, annex A)",
        Hj212Fault.Length => "the four digits after ## are not the number of bytes between them and the CRC",
        _ => "not a frame: ##, four digits, data, CRC in hex, CR LF",
    };

    public static RejectionReason ReasonOf(Hj212Fault fault) => fault is Hj212Fault.Crc ? RejectionReason.ChecksumInvalid : RejectionReason.SyntaxInvalid;

    private static Hj212FrameStatus EndOf(ReadOnlySpan<byte> rest, out Hj212Frame frame)
    {
        Span<byte> ended = new byte[rest.Length + 2]; // only where a message is cut short
        rest.CopyTo(ended);
        "\r\n"u8.CopyTo(ended[rest.Length..]);
        Hj212FrameStatus status = Hj212Frame.Read(ended, ended.Length, out frame);
        if (status is not Hj212FrameStatus.NeedMore && frame.Consumed <= rest.Length) return status;
        frame = Hj212Frame.Garbage(rest);
        return Hj212FrameStatus.Garbage;
    }

    private static void Decode(in Hj212Frame frame, int number, IHj212Opener? opener, IDocumentSink sink)
    {
        if (!Hj212Head.TryRead(frame.Data, out Hj212Head head))
        {
            sink.Reject(RejectionReason.SyntaxInvalid, $"frame {number}", "no MN, CN or CP=&&…&&");
            return;
        }

        if (Hj212Cipher.IsLikely(head.Parameters)) Open(in head, in frame, number, opener, sink);
        else Write(in head, head.Parameters, in frame, number, sink);
    }

    private static void Open(in Hj212Head head, in Hj212Frame frame, int number, IHj212Opener? opener, IDocumentSink sink)
    {
        byte[] room = ArrayPool<byte>.Shared.Rent(2 * head.Parameters.Length);
        Span<byte> cipher = room.AsSpan(0, head.Parameters.Length), plain = room.AsSpan(head.Parameters.Length, head.Parameters.Length);
        if (!Hj212Cipher.TryRead(head.Parameters, cipher, out int length))
            Write(in head, head.Parameters, in frame, number, sink);
        else if (opener is null || !opener.HasKeyOf(head.Mn))
            sink.Reject(RejectionReason.ContentEncodingInvalid, $"frame {number}: CP", "encrypted (SM4), and there is no key of this MN (Hj212:KeyFile)");
        else if (!opener.TryOpen(head.Mn, cipher[..length], plain, out length))
            sink.Reject(RejectionReason.ContentEncodingInvalid, $"frame {number}: CP", "encrypted (SM4), and no key of this MN (Hj212:KeyFile) opens it");
        else
            Write(in head, plain[..length], in frame, number, sink);
        ArrayPool<byte>.Shared.Return(room);
    }

    private static void Write(in Hj212Head head, ReadOnlySpan<byte> parameters, in Hj212Frame frame, int number, IDocumentSink sink)
    {
        DocumentWriter document = DocumentWriter.Rent();
        Utf8JsonWriter json = document.Begin();
        json.WriteStartObject();
        WriteText(json, "qn"u8, head.Qn);
        WriteText(json, "st"u8, head.St);
        WriteText(json, "cn"u8, head.Cn);
        WriteText(json, "mn"u8, head.Mn);
        if (head.Flag is { } flag) json.WriteNumber("flag"u8, flag);
        json.WriteNumber("version"u8, head.Version);
        WriteText(json, "pnum"u8, head.PacketCount);
        WriteText(json, "pno"u8, head.PacketNumber);
        if (frame.Fault is not Hj212Fault.None) json.WriteString("fault"u8, frame.Fault is Hj212Fault.Crc ? "crc"u8 : "length"u8);
        bool isSound = WriteParameters(json, parameters);
        WriteFactors(json, parameters, document);
        WriteInfo(json, parameters);
        json.WriteEndObject();
        if (isSound) document.Hand(sink);
        else sink.Reject(RejectionReason.SyntaxInvalid, $"frame {number}: CP", "not name=value pairs");
        document.Return();
    }

    private static bool WriteParameters(Utf8JsonWriter json, ReadOnlySpan<byte> parameters)
    {
        json.WriteStartObject("cp"u8);
        var pairs = new Hj212Pairs(parameters);
        bool isSound = true;
        while (pairs.MoveNext())
        {
            isSound &= pairs.IsPair;
            if (Hj212Factors.TrySplit(pairs.Key, out _, out _)) continue;
            json.WritePropertyName(pairs.Key);
            json.WriteStringValue(pairs.Value);
        }

        json.WriteEndObject();
        return isSound;
    }

    // What a device itself calls bad must not look like a value of the city, and must not be lost either: it goes into a
    // text of its own.
    private static void WriteFactors(Utf8JsonWriter json, ReadOnlySpan<byte> parameters, DocumentWriter document)
    {
        Span<byte> room = stackalloc byte[32];
        Span<byte> bad = document.Scratch(2 * parameters.Length + 32);
        int length = 0;
        bool isUsable = false;
        ReadOnlySpan<byte> worst = default;
        json.WriteStartObject("factors"u8);
        var factors = new Hj212Factors(parameters);
        while (factors.MoveNext())
        {
            ReadOnlySpan<byte> code = Hj212Codes.Normalise(factors.Code, room);
            if (factors.IsUsable)
            {
                isUsable = true;
                json.WriteStartObject(code);
                WriteValues(json, factors.Pairs);
                json.WriteEndObject();
                continue;
            }

            worst = worst.IsEmpty ? factors.Flag : worst;
            length += NoteBad(code, factors, bad[length..]);
        }

        json.WriteEndObject();
        if (length == 0) return;
        if (!isUsable) json.WriteString("bad"u8, worst);
        json.WriteString("flagged"u8, bad[..(length - 1)]);
    }

    private static void WriteValues(Utf8JsonWriter json, Hj212Pairs pairs)
    {
        ReadOnlySpan<byte> code = default;
        do
        {
            if (!Hj212Factors.TrySplit(pairs.Key, out ReadOnlySpan<byte> of, out ReadOnlySpan<byte> name)) continue;
            if (!code.IsEmpty && !of.SequenceEqual(code)) return;
            code = of;
            json.WritePropertyName(name);
            if (pairs.Value.IsEmpty) json.WriteNullValue();
            else if (IsNumber(pairs.Value)) json.WriteRawValue(pairs.Value, skipInputValidation: true);
            else json.WriteStringValue(pairs.Value);
        }
        while (pairs.MoveNext());
    }

    // a34004-Rtd=41,Flag=D;
    private static int NoteBad(ReadOnlySpan<byte> code, in Hj212Factors factor, Span<byte> room)
    {
        code.CopyTo(room);
        int length = code.Length;
        ReadOnlySpan<byte> of = default;
        Hj212Pairs pairs = factor.Pairs;
        byte separator = (byte)'-';
        do
        {
            if (!Hj212Factors.TrySplit(pairs.Key, out ReadOnlySpan<byte> own, out ReadOnlySpan<byte> name)) continue;
            if (!of.IsEmpty && !own.SequenceEqual(of)) break;
            of = own;
            room[length++] = separator;
            separator = (byte)',';
            name.CopyTo(room[length..]);
            length += name.Length;
            room[length++] = (byte)'=';
            pairs.Value.CopyTo(room[length..]);
            length += pairs.Value.Length;
        }
        while (pairs.MoveNext());
        room[length++] = (byte)';';
        return length;
    }

    // Information on a device (3020) has names that each maker adds to: all of it as one text.
    private static void WriteInfo(Utf8JsonWriter json, ReadOnlySpan<byte> parameters)
    {
        int first = parameters.IndexOf("-Info="u8);
        if (first >= 0) json.WriteString("info"u8, parameters[(parameters[..first].LastIndexOfAny((byte)';', (byte)',') + 1)..].Trim(" ;,"u8));
    }

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty) json.WriteString(name, value);
    }

    // As JSON has them: no plus, no zero before other digits. What else looks like a number goes on as text, which the mapping reads too.
    private static bool IsNumber(ReadOnlySpan<byte> text)
    {
        if (text is [(byte)'-', ..]) text = text[1..];
        int digits = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (digits < 0) digits = text.Length;
        if (digits == 0 || (digits > 1 && text[0] == '0')) return false;
        text = text[digits..];
        return text.IsEmpty || (text.Length > 1 && text[0] == '.' && !text[1..].ContainsAnyExceptInRange((byte)'0', (byte)'9'));
    }
}
