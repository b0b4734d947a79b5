using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using CityPerception.Core.Queries;

namespace CityPerception.Tests.Sources.Open311;

/// <summary>Somebody who reports by Open311 and asks what became of it.</summary>
internal sealed class Resident(CityServer server)
{
    public const string Path = "/open311/v2", Litter = "event.appearance";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A report that is complete, with a description that no other test has.</summary>
    public static Dictionary<string, string> Report(string? description = null) => new()
    {
        ["service_code"] = Litter,
        ["lat"] = "36.2011",
        ["long"] = "113.1187",
        ["description"] = description ?? $"路口有暴露垃圾 {Guid.NewGuid():N}",
    };

    /// <summary>Sends a form; the status, what it says, and the id if it was taken.</summary>
    public async Task<Reply> PostAsync(IEnumerable<KeyValuePair<string, string>> form, string? key = null, string end = ".json")
    {
        using var content = new FormUrlEncodedContent(form);
        return await PostAsync(content, key, end);
    }

    public async Task<Reply> PostAsync(HttpContent content, string? key = null, string end = ".json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Path}/requests{end}") { Content = content };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        using HttpResponseMessage answer = await server.Http.SendAsync(request, Ct);
        return new Reply(answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct), answer.Headers.RetryAfter is not null);
    }

    /// <summary>Sends a report that is taken; its id.</summary>
    public async Task<string> ReportAsync(Dictionary<string, string>? form = null)
    {
        Reply reply = await PostAsync(form ?? Report());
        Assert.Equal((HttpStatusCode.Created, reply.Text), (reply.Status, reply.Text));
        return reply.Id;
    }

    /// <summary>Puts a report in as it would have been made at this time.</summary>
    public async Task<string> ReportAtAsync(DateTimeOffset time, string service = Litter)
    {
        string id = Guid.NewGuid().ToString();
        await TakeAsync("open311", new { service_request_id = id, service_code = service, requested_datetime = time, address_string = "府后街" });
        return id;
    }

    /// <summary>A change of the case, from the office's system.</summary>
    public Task ChangeAsync(string id, string state, DateTimeOffset time, string? note = null) =>
        TakeAsync("case-event", new { caseId = id, state, time, unit = "城市管理局", district = "140403", note, limit = "1工作日" });

    /// <summary>Writes a line of line protocol, its time in seconds.</summary>
    public async Task WriteAsync(string line)
    {
        using HttpResponseMessage answer = await server.Http.PostAsync("/api/v2/write?precision=s", new StringContent(line), Ct);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    /// <summary>Asks, once everything accepted is stored.</summary>
    public async Task<Reply> GetAsync(string path)
    {
        await server.PointsAsync("incident", new Filter.Text("case_id", "nobody's"));
        using HttpResponseMessage answer = await server.Http.GetAsync(Path + path, Ct);
        return new Reply(answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct), answer.Headers.RetryAfter is not null);
    }

    /// <summary>The ids that a list answers, in its order.</summary>
    public async Task<string[]> IdsAsync(string query)
    {
        Reply reply = await GetAsync("/requests.json?" + query);
        Assert.Equal((HttpStatusCode.OK, reply.Text), (reply.Status, reply.Text));
        return [.. reply.Json.EnumerateArray().Select(r => r.GetProperty("service_request_id").GetString()!)];
    }

    public static string Date(DateTimeOffset time) => Uri.EscapeDataString(time.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture));

    private async Task TakeAsync(string source, object document)
    {
        using var content = new StringContent(JsonSerializer.Serialize(document), Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await server.Http.PostAsync($"/ingest/{source}", content, Ct);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }
}

/// <summary>An answer of the interface.</summary>
internal sealed record Reply(HttpStatusCode Status, string Text, bool SaysWhenToRetry)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public XElement Xml => XDocument.Parse(Text).Root!;

    public string Id => Assert.Single(Json.EnumerateArray()).GetProperty("service_request_id").GetString()!;

    /// <summary>The codes and descriptions of an error, which are an array in JSON.</summary>
    public (int Code, string Description)[] Errors => [.. Json.EnumerateArray().Select(e => (e.GetProperty("code").GetInt32(), e.GetProperty("description").GetString()!))];
}
