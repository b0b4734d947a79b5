using System.Text.Json.Serialization;
using CityPerception.Core.LineProtocol.Intake;
using CityPerception.Core.Observations;

namespace CityPerception.Sources.Http;

/// <summary>Answers in the form that InfluxDB's clients read: <c>{"error"}</c> for 1.x, <c>{"code","message"}</c> for 2.x.</summary>
internal sealed class InfluxAnswer
{
    private const string RetryAfterSeconds = "5";

    private readonly bool _isV2;

    private InfluxAnswer(bool isV2) => _isV2 = isV2;

    public static InfluxAnswer V1 { get; } = new(false);

    public static InfluxAnswer V2 { get; } = new(true);

    /// <summary>Some lines, or all, were refused. Clients do not repeat a 400 or 422, and need not: the lines are kept here.</summary>
    public IResult Partial(HttpContext context, LineIntakeResult result)
    {
        Rejection first = result.Rejections[0];
        string reason = $"{first.Path}: {first.Detail}";
        string message = result.Accepted > 0 ? $"partial write: {reason} dropped={result.Rejected}" : $"unable to parse: {reason} dropped={result.Rejected}";
        // 2.x says 422 where it has kept the good lines.
        return Invalid(context, _isV2 && result.Accepted > 0 ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status400BadRequest, message);
    }

    public IResult Invalid(HttpContext context, int status, string message) => Error(context, status, status switch
    {
        StatusCodes.Status413PayloadTooLarge => "request too large",
        StatusCodes.Status422UnprocessableEntity => "unprocessable entity",
        _ => "invalid",
    }, message);

    public IResult Busy(HttpContext context, string message)
    {
        context.Response.Headers.RetryAfter = RetryAfterSeconds;
        return Error(context, StatusCodes.Status503ServiceUnavailable, "unavailable", message);
    }

    private IResult Error(HttpContext context, int status, string code, string message)
    {
        if (_isV2) return Results.Json(new InfluxV2Error(code, message), InfluxJson.Default.InfluxV2Error, statusCode: status);
        // Where 1.x puts it as well, and where Telegraf looks first. A header takes ASCII only.
        context.Response.Headers["X-Influxdb-Error"] = string.Concat(message.Select(c => c is >= ' ' and <= '~' ? c : '?'));
        return Results.Json(new InfluxV1Error(message), InfluxJson.Default.InfluxV1Error, statusCode: status);
    }
}

internal sealed record InfluxV1Error(string Error);

internal sealed record InfluxV2Error(string Code, string Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(InfluxV1Error))]
[JsonSerializable(typeof(InfluxV2Error))]
internal sealed partial class InfluxJson : JsonSerializerContext;
