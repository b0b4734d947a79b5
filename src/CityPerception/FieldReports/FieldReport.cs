using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CityPerception.FieldReports;

/// <summary>A report as the form sends it.</summary>
/// <param name="Id">Made by the phone: one that is sent again has the same, and becomes the same point.</param>
/// <param name="MadeAt">When it was written, by the phone's clock.</param>
/// <param name="Category">One of the categories of <c>incident</c>.</param>
/// <param name="District">Code of the district.</param>
/// <param name="Grid">Code of the grid, if it was given.</param>
/// <param name="Text">What there is to see.</param>
/// <param name="Address">Where, in words.</param>
/// <param name="Latitude">WGS-84 degrees, with <paramref name="Longitude"/> or neither.</param>
/// <param name="Longitude">See above.</param>
/// <param name="Accuracy">Of the position, in metres.</param>
/// <param name="Photos">Ids of photos that have been sent before.</param>
internal sealed record FieldReport(
    Guid Id, DateTimeOffset MadeAt, string? Category, string? District, string? Grid, string? Text, string? Address, double? Latitude, double? Longitude, double? Accuracy, Guid[]? Photos)
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The report as the document that <c>ingest-configs/sources/grid-report.yaml</c> maps.</summary>
    /// <param name="reporter">The name that signed in; null where nobody has to.</param>
    public ReadOnlyMemory<byte> ToDocument(string? reporter)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Plain);
        json.WriteStartObject();
        json.WriteString("id", Id);
        json.WriteString("time", MadeAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        json.WriteString("category", Category);
        json.WriteString("district", District);
        Optional("grid", Grid);
        json.WriteString("text", Text!.Trim());
        Optional("address", Address);
        if (this is { Latitude: { } lat, Longitude: { } lon })
        {
            json.WriteNumber("lat", lat);
            json.WriteNumber("lon", lon);
        }

        if (Photos is { Length: > 0 }) json.WriteString("photos", string.Join(' ', Photos.Select(p => $"{PhotoEndpoints.Path}/{p}")));
        string details = string.Join("; ", new[] { reporter is null ? null : "reporter=" + reporter, Accuracy is { } metres ? string.Create(CultureInfo.InvariantCulture, $"accuracy_m={metres:F0}") : null }.OfType<string>());
        Optional("details", details);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;

        void Optional(string name, string? value)
        {
            if (!string.IsNullOrWhiteSpace(value)) json.WriteString(name, value.Trim());
        }
    }
}

/// <summary>What the server says to a report.</summary>
/// <param name="Id">Its number, by which <c>/api/cases/grid-report/{id}</c> tells what became of it.</param>
internal sealed record ReportReceipt(Guid Id);

/// <summary>JSON of reports.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FieldReport))]
[JsonSerializable(typeof(ReportReceipt))]
[JsonSerializable(typeof(FormView))]
internal sealed partial class FieldReportJson : JsonSerializerContext;
