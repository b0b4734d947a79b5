using CityPerception.Core.Observations;
using Microsoft.Extensions.Primitives;

namespace CityPerception.Sources.Http;

/// <summary>A request's headers and query, as mappings read them.</summary>
internal sealed class RequestProperties(HttpRequest request) : IMessageProperties
{
    // Parts of names whose values are nobody's business, and InfluxDB's login in a query (?u=…&p=…).
    private static readonly string[] Secret = ["auth", "cookie", "token", "secret", "passw", "credential", "session", "apikey", "api-key", "api_key", "signature"];
    private static readonly string[] SecretQuery = ["u", "p", "key", "code", "sig"];

    public string? Find(string name)
    {
        if (request.Query.TryGetValue(name, out StringValues fromQuery)) return fromQuery.ToString();
        return request.Headers.TryGetValue(name, out StringValues fromHeader) ? fromHeader.ToString() : null;
    }

    /// <summary>All of them that may lie on a disk, so that a dead letter can be mapped as the request was. Bounded, since requests are.</summary>
    public static IReadOnlyDictionary<string, string> ToKeep(HttpRequest request)
    {
        var kept = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, StringValues value) in request.Query)
            if (!IsSecret(name) && !SecretQuery.Contains(name, StringComparer.OrdinalIgnoreCase)) kept.TryAdd(name, value.ToString());
        foreach ((string name, StringValues value) in request.Headers)
            if (!IsSecret(name)) kept.TryAdd(name, value.ToString());
        return kept;
    }

    private static bool IsSecret(string name) => Secret.Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase));
}
