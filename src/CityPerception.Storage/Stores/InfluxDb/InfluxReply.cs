using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace CityPerception.Storage.Stores.InfluxDb;

/// <summary>What a server answered to a write or a failed query: its status and its own words.</summary>
/// <param name="Status">0 if it did not answer.</param>
/// <param name="Message">The server's error text, cut short; or what prevented an answer.</param>
/// <param name="FromInflux">Whether the answer has the form of InfluxDB's; a proxy's page has not.</param>
/// <param name="RetryAfter">How long it asks to be left alone, if it says.</param>
internal readonly record struct InfluxReply(int Status, string Message, bool FromInflux, TimeSpan? RetryAfter)
{
    private const int MaxMessage = 500;

    public bool Succeeded => Status is >= 200 and < 300;

    /// <summary>Lines of the batch are refused for good: 400 and 422 for what they say, 413 for their size.</summary>
    public bool Refused => Status is 413 || (Status is 400 or 422 && FromInflux);

    public static InfluxReply Of(HttpStatusCode status, string? body, string? retryAfter, TimeProvider clock)
    {
        if (string.IsNullOrEmpty(body)) return new InfluxReply((int)status, "no further words", FromInflux: false, Delay(retryAfter, clock));

        bool known = TryReadMessage(body, out string message);
        return new InfluxReply((int)status, Shorten(known ? message : body), known, Delay(retryAfter, clock));
    }

    public static string Shorten(string text) => text.Length <= MaxMessage ? text : string.Concat(text.AsSpan(0, MaxMessage), "…");

    // {"error": …} of 1.x and 3.x, {"code": …, "message": …} of 2.x; 3.x adds {"data": [{"error_message": …}]}.
    private static bool TryReadMessage(string body, out string message)
    {
        message = "";
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            JsonElement root = document.RootElement;
            if (root.ValueKind is not JsonValueKind.Object) return false;
            if (!TryText(root, "error", out message) && !TryText(root, "message", out message)) return false;

            if (root.TryGetProperty("data", out JsonElement data) && data.ValueKind is JsonValueKind.Array && data.GetArrayLength() > 0
                && data[0].ValueKind is JsonValueKind.Object && TryText(data[0], "error_message", out string detail))
            {
                message = $"{message}: {detail}";
            }

            return true;
        }
        catch (JsonException)
        {
            // Not JSON, or JSON cut at 64 KiB: 1.x begins with its words and ends with the line.
            return TryReadCut(body, out message);
        }
    }

    private static bool TryReadCut(string body, out string message)
    {
        const string Begin = "{\"error\":\"";
        bool cut = body.StartsWith(Begin, StringComparison.Ordinal) && Encoding.UTF8.GetByteCount(body) >= ErrorBodyHandler.MaxBytes;
        message = cut ? body[Begin.Length..] : "";
        return cut;
    }

    private static bool TryText(JsonElement element, string name, out string text)
    {
        bool found = element.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.String;
        text = found ? value.GetString()! : "";
        return found;
    }

    private static TimeSpan? Delay(string? header, TimeProvider clock)
    {
        if (!RetryConditionHeaderValue.TryParse(header, out RetryConditionHeaderValue? value)) return null;
        if (value.Delta is { } delta) return delta;
        TimeSpan left = value.Date!.Value - clock.GetUtcNow();
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
