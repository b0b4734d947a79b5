using System.Text.Json;
using CityPerception.Core.Observations;

namespace CityPerception.Core.Decoding.Text;

/// <summary>
/// Plain text: the message is one document, <c>{"text": "Online"}</c>, without the blanks around it. Text that is JSON is
/// not read as such: a source for <c>online</c> and <c>{"state":"online"}</c> looks for the word in it.
/// </summary>
public sealed class TextDecoder : IDecoder
{
    /// <summary>A word or a line is meant; what is longer is something else.</summary>
    public const int MaxBytes = 4096;

    public string Name => "text";

    public void Decode(in Message message, IDocumentSink sink)
    {
        ReadOnlySpan<byte> text = message.Payload.StartsWith("\uFEFF"u8) ? message.Payload[3..] : message.Payload;
        text = text.Trim("\0 \t\r\n"u8); // some devices send the zero at a text's end too
        if (text.IsEmpty)
        {
            sink.Reject(RejectionReason.PayloadEmpty, "$", "the message has no text");
            return;
        }

        if (text.Length > MaxBytes)
        {
            sink.Reject(RejectionReason.PayloadTooLarge, "$", $"{text.Length} bytes of text; at most {MaxBytes}");
            return;
        }

        DocumentWriter document = DocumentWriter.Rent();
        Utf8JsonWriter json = document.Begin();
        json.WriteStartObject();
        json.WriteString("text"u8, text);
        json.WriteEndObject();
        document.Hand(sink);
        document.Return();
    }
}
