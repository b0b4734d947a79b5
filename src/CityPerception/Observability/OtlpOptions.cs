using Microsoft.Extensions.Options;

namespace CityPerception.Observability;

/// <summary>Where metrics and traces are pushed, beside being readable at <c>/metrics</c>.</summary>
internal sealed class OtlpOptions : IValidateOptions<OtlpOptions>
{
    public const string Section = "Otlp";

    /// <summary>An OTLP collector's gRPC address, such as <c>http://127.0.0.1:4317</c>; empty pushes nothing.</summary>
    public string Endpoint { get; set; } = "";

    ValidateOptionsResult IValidateOptions<OtlpOptions>.Validate(string? name, OtlpOptions options) =>
        options.Endpoint.Length == 0 || (Uri.TryCreate(options.Endpoint, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https")
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Otlp:Endpoint: found '{options.Endpoint}'; allowed: empty, or an http or https address such as http://127.0.0.1:4317.");
}
