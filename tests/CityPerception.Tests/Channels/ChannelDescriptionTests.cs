using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace CityPerception.Tests.Channels;

/// <summary>What /openapi/v1.json says of the channels' routes, against what they take and answer.</summary>
public sealed class ChannelDescriptionTests(ChannelApiTests.Server server) : IClassFixture<ChannelApiTests.Server>
{
    private const string Prefix = "/api/channels";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryRoute_HasAnExampleOfItsAnswerAndParametersThatItTakes()
    {
        JsonElement description = await server.Http.GetFromJsonAsync<JsonElement>("/openapi/v1.json", Ct);
        JsonProperty[] routes = [.. description.GetProperty("paths").EnumerateObject().Where(p => p.Name.StartsWith(Prefix, StringComparison.Ordinal))];
        Assert.Equal(4, routes.Length);
        foreach (JsonProperty route in routes) await CheckAsync(route.Name, route.Value.GetProperty("get"));
    }

    private async Task CheckAsync(string route, JsonElement operation)
    {
        JsonElement example = operation.GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/json").GetProperty("example");
        string path = route;
        List<string> query = [];
        foreach (JsonElement parameter in operation.TryGetProperty("parameters", out JsonElement all) ? [.. all.EnumerateArray()] : Array.Empty<JsonElement>())
        {
            (string name, string value) = (parameter.GetProperty("name").GetString()!, parameter.GetProperty("example").GetString()!);
            Assert.NotEmpty(parameter.GetProperty("description").GetString()!);
            if (parameter.GetProperty("in").GetString() == "path") path = path.Replace("{" + name + "}", value, StringComparison.Ordinal);
            else query.Add($"{name}={Uri.EscapeDataString(value)}");
        }

        string answered = path + "?" + string.Join('&', query);
        using HttpResponseMessage answer = await server.Http.GetAsync(answered, Ct);
        Assert.True(answer.IsSuccessStatusCode, $"{answered}: {await answer.Content.ReadAsStringAsync(Ct)}");
        AssertShows(example, await answer.Content.ReadFromJsonAsync<JsonElement>(Ct), route);
        if (path == Prefix) return;

        // And there is none beside them.
        using HttpResponseMessage refused = await server.Http.GetAsync(path + "?nonsense=1", Ct);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        string detail = (await refused.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("detail").GetString()!;
        string allowed = detail[(detail.IndexOf("allowed: ", StringComparison.Ordinal) + 9)..].Split('.')[0];
        Assert.Equal(allowed.Split(", ").Order(StringComparer.Ordinal), query.Select(q => q.Split('=')[0]).Order(StringComparer.Ordinal));
    }

    // Whatever members an answer has, its example shows.
    private static void AssertShows(JsonElement example, JsonElement answer, string at)
    {
        Assert.True(example.ValueKind == answer.ValueKind, $"{at}: {example.ValueKind} is shown, {answer.ValueKind} is answered");
        if (answer.ValueKind is JsonValueKind.Array)
        {
            foreach (JsonElement element in answer.EnumerateArray())
            {
                Assert.True(example.GetArrayLength() > 0, $"{at} is shown empty");
                AssertShows(example[0], element, at + "[]");
            }
        }
        else if (answer.ValueKind is JsonValueKind.Object)
        {
            foreach (JsonProperty member in answer.EnumerateObject())
            {
                if (member.Name is "num" or "den" or "coverage" or "group" or "min" or "max") continue; // of ratios, KPIs by a tag, open ranges
                Assert.True(example.TryGetProperty(member.Name, out JsonElement shown), $"{at}.{member.Name} is not shown");
                AssertShows(shown, member.Value, $"{at}.{member.Name}");
            }
        }
    }
}
