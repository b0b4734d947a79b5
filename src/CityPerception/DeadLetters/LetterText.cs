using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using CityPerception.Core.Text;
using CityPerception.Core.Text.Masking;

namespace CityPerception.DeadLetters;

/// <summary>What of a letter of people is shown: its text, as a reader would see it, with everything masked that tells who somebody is.</summary>
internal static partial class LetterText
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The text, masked; null where the bytes are none.</summary>
    public static string? Mask(ReadOnlySpan<byte> payload) => TextOf(payload) is { } text ? PersonalData.Mask(JsonOf(text, hide: true) ?? Plain(text, hide: true)) : null;

    /// <summary>A property that came along, masked.</summary>
    public static string MaskProperty(string name, string value) => PersonMember().IsMatch(name) ? Hidden(value) : PersonalData.Mask(Plain(value, hide: true));

    /// <summary>The text as a reader would see it, with nothing masked; null where the bytes are none.</summary>
    public static string? Decode(ReadOnlySpan<byte> payload) => TextOf(payload) is { } text ? JsonOf(text, hide: false) ?? Plain(text, hide: false) : null;

    private static string? TextOf(ReadOnlySpan<byte> payload)
    {
        if (payload.Contains((byte)0)) return null;
        if (Utf8.IsValid(payload)) return Encoding.UTF8.GetString(payload);
        try
        {
            return Encodings.Gb18030.GetString(payload);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    // Numbers and names may be written as escapes of the form, which nothing would recognise.
    private static string Plain(string text, bool hide)
    {
        if (text.StartsWith('<')) return WebUtility.HtmlDecode(text);
        if (!Form().IsMatch(text)) return text;
        return string.Join('&', text.Split('&').Select(pair =>
        {
            string[] parts = pair.Split('=', 2);
            string name = WebUtility.UrlDecode(parts[0]), value = parts.Length == 2 ? WebUtility.UrlDecode(parts[1]) : "";
            return parts.Length == 2 ? $"{name}={(hide && PersonMember().IsMatch(name) ? Hidden(value) : value)}" : name;
        }));
    }

    private static string? JsonOf(string text, bool hide)
    {
        var buffer = new ArrayBufferWriter<byte>();
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            using var json = new Utf8JsonWriter(buffer, Readable);
            Write(json, document.RootElement, hide);
        }
        catch (JsonException)
        {
            return null;
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, JsonElement element, bool hide)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (JsonProperty member in element.EnumerateObject())
                {
                    json.WritePropertyName(member.Name);
                    if (hide && member.Value.ValueKind is JsonValueKind.String && PersonMember().IsMatch(member.Name)) json.WriteStringValue(Hidden(member.Value.GetString()!));
                    else Write(json, member.Value, hide);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (JsonElement item in element.EnumerateArray()) Write(json, item, hide);
                json.WriteEndArray();
                break;
            case JsonValueKind.String:
                json.WriteStringValue(element.GetString());
                break;
            default:
                json.WriteRawValue(element.GetRawText());
                break;
        }
    }

    private static string Hidden(string value) => new('*', Math.Min(value.Length, 8));

    [GeneratedRegex("^[A-Za-z0-9_.\\-\\[\\]%+]+=[^\\s&]*(&[A-Za-z0-9_.\\-\\[\\]%+]+=[^\\s&]*)*$")]
    private static partial Regex Form();

    // Members that hold a person's name, where no title in the text tells it.
    [GeneratedRegex("^(?:(?:contact|caller|reporter|citizen|person|applicant|real|first|last|user)[_-]?name|contacts?|caller|reporter|applicant|linkman|lxr|xm|姓名|联系人|来电人|举报人|投诉人|反映人|申请人|当事人)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PersonMember();
}
