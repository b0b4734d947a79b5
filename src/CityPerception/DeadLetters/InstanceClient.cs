using System.Net.Http.Headers;
using System.Text.Json;

namespace CityPerception.DeadLetters;

/// <summary>How commands speak with the server of a data directory.</summary>
internal static class InstanceClient
{
    /// <summary>A client whose every request is for that run of the server alone: another on its port answers 412.</summary>
    public static HttpClient Create(InstanceAddress address)
    {
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) }) { BaseAddress = address.Url, Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.IfMatch.Add(EntityTagHeaderValue.Parse(address.ETag));
        if (address.Key is { } key) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return http;
    }

    /// <summary>What a problem document says; null if it says nothing.</summary>
    /// <exception cref="JsonException">The answer is no such document.</exception>
    public static async Task<string?> FindDetailAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        using JsonDocument problem = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
        return problem.RootElement.TryGetProperty("detail", out JsonElement detail) ? detail.GetString() : null;
    }
}
