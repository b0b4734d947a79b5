using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CityPerception.Hosting;

namespace CityPerception.Sources.Open311;

/// <summary>A kind of report, as GET services lists it (GeoReport v2, "GET Service List").</summary>
internal sealed record ServiceAnswer(string ServiceCode, string ServiceName, string Description, bool Metadata, string Type, string Keywords, string Group);

/// <summary>What else a kind of report asks (GeoReport v2, "GET Service Definition").</summary>
internal sealed record DefinitionAnswer(string ServiceCode, IReadOnlyList<AttributeAnswer> Attributes);

internal sealed record AttributeAnswer(
    bool Variable, string Code, string Datatype, bool Required, string DatatypeDescription, int Order, string Description, IReadOnlyList<ValueAnswer>? Values);

internal sealed record ValueAnswer(string Key, string Name);

/// <summary>The answer to a report (GeoReport v2, "POST Service Request").</summary>
internal sealed record ReceiptAnswer(string ServiceRequestId, string ServiceNotice, string? AccountId);

/// <summary>The id that a token stands for (GeoReport v2, "GET service_request_id from a token"): here they are one.</summary>
internal sealed record TokenAnswer(string ServiceRequestId, string Token);

/// <summary>A report and how far it is (GeoReport v2, "GET Service Requests"). Whoever reported it is not in it.</summary>
internal sealed record RequestAnswer
{
    public required string ServiceRequestId { get; init; }

    /// <summary>open or closed.</summary>
    public required string Status { get; init; }

    public string? StatusNotes { get; init; }

    public required string ServiceName { get; init; }

    public required string ServiceCode { get; init; }

    public string? Description { get; init; }

    public string? AgencyResponsible { get; init; }

    public string? ServiceNotice { get; init; }

    /// <summary>W3C times with the city's offset: 2026-11-24T09:30:00+08:00.</summary>
    public required string RequestedDatetime { get; init; }

    public required string UpdatedDatetime { get; init; }

    public string? ExpectedDatetime { get; init; }

    public string? Address { get; init; }

    public string? AddressId { get; init; }

    public string? Zipcode { get; init; }

    public double? Lat { get; init; }

    public double? Long { get; init; }

    public string? MediaUrl { get; init; }
}

/// <summary>One thing wrong (GeoReport v2, "Errors").</summary>
/// <param name="Code">The HTTP status.</param>
/// <param name="Description">In English and Chinese.</param>
internal sealed record Open311Error(int Code, string Description);

/// <summary>Where what is (the discovery document of Open311).</summary>
internal sealed record DiscoveryAnswer(string Changeset, string Contact, string KeyService, IReadOnlyList<EndpointAnswer> Endpoints);

internal sealed record EndpointAnswer(string Specification, string Url, string Changeset, string Type, IReadOnlyList<string> Formats);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(IReadOnlyList<ServiceAnswer>))]
[JsonSerializable(typeof(DefinitionAnswer))]
[JsonSerializable(typeof(IReadOnlyList<ReceiptAnswer>))]
[JsonSerializable(typeof(IReadOnlyList<TokenAnswer>))]
[JsonSerializable(typeof(IReadOnlyList<RequestAnswer>))]
[JsonSerializable(typeof(IReadOnlyList<Open311Error>))]
[JsonSerializable(typeof(DiscoveryAnswer))]
internal sealed partial class Open311Json : JsonSerializerContext
{
    public static readonly JsonSerializerOptions Text = new() { Encoder = ReadableJson.Encoder };

    public static byte[] Write(JsonNode answer) => JsonSerializer.SerializeToUtf8Bytes(answer, Text);
}
