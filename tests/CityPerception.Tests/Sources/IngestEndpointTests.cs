using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using CityPerception.Core.Observations;
using CityPerception.Storage.DeadLetters;

namespace CityPerception.Tests.Sources;

/// <summary>Messages posted to /ingest/{source}, and what their sender is told.</summary>
public sealed class IngestEndpointTests(CityServer server) : IClassFixture<CityServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_Object_IsAcceptedAndCanBeQueried()
    {
        string device = Air.NewDevice();
        using HttpResponseMessage answer = await PostAsync(Air.Message(device));

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal("""{"accepted":1,"rejected":0,"filtered":0,"errors":[]}""", await answer.Content.ReadAsStringAsync(Ct));
        Air.AssertIsMessage(await server.PointsOfAsync(device), device);
    }

    [Theory]
    [InlineData("[", ",", "]")]
    [InlineData("", "\n", "")]
    [InlineData("", "\r\n", "\r\n")]
    public async Task Post_ManyWithOneBad_AcceptsTheOthersAndSaysWhatIsWrong(string begin, string between, string end)
    {
        string device = Air.NewDevice();
        string body = begin + string.Join(between, Air.Message(device), Air.BadMessage(device), Air.Message(device, Air.TimeMs + 1)) + end;
        using HttpResponseMessage answer = await PostAsync(body);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct));
        Assert.Equal((2, 1, 0), (Number(json, "accepted"), Number(json, "rejected"), Number(json, "filtered")));
        AssertIsThePm10(Assert.Single(json.RootElement.GetProperty("errors").EnumerateArray()), index: 1);
        Assert.Equal(2, (await server.PointsOfAsync(device)).Count);
        Assert.Single(await server.LettersOfAsync(body));
    }

    [Fact]
    public async Task Post_NothingGood_IsAProblemWithTheErrors()
    {
        string device = Air.NewDevice();
        using HttpResponseMessage answer = await PostAsync(Air.BadMessage(device));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        string text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.Contains("未接受任何数据。", text, StringComparison.Ordinal); // readable with curl
        using JsonDocument json = JsonDocument.Parse(text);
        Assert.Equal(422, Number(json, "status")); // RFC 9457, 3.1
        Assert.NotEmpty(json.RootElement.GetProperty("title").GetString()!);
        Assert.Contains("$.data.pm10", json.RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
        AssertIsThePm10(Assert.Single(json.RootElement.GetProperty("errors").EnumerateArray()), index: 0);
        Assert.Empty(await server.PointsOfAsync(device));
    }

    [Fact]
    public async Task Post_WhatTheConditionLeavesOut_IsCountedAsFilteredAndKeptNowhere()
    {
        string line = $"cpu,host={Air.NewDevice()} usage=1 {Air.TimeMs}000000"; // the source takes `device` alone
        using HttpResponseMessage answer = await PostAsync(line, "telegraf");

        Assert.Equal("""{"accepted":0,"rejected":0,"filtered":1,"errors":[]}""", await answer.Content.ReadAsStringAsync(Ct));
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Empty(await server.LettersOfAsync(line));
    }

    [Fact]
    public async Task Post_UnknownSource_NamesTheNearestAndKeepsTheMessage()
    {
        string message = Air.Message(Air.NewDevice());
        using HttpResponseMessage answer = await PostAsync(message, "air-staton");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.DoesNotContain("\\u", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Contains("did you mean air-station?", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        DeadLetter letter = Assert.Single(await server.LettersOfAsync(message));
        Assert.Equal((RejectionReason.SourceUnknown, "/ingest/air-staton"), (letter.Reason, letter.Topic));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain; charset=utf-8")]
    [InlineData("application/x-www-form-urlencoded")] // what curl -d says
    [InlineData("application/x-ndjson")]
    [InlineData(null)]
    public async Task Post_JsonUnderAnyContentType_IsAccepted(string? contentType)
    {
        string device = Air.NewDevice();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Air.Message(device)));
        if (contentType is not null) content.Headers.Add("Content-Type", contentType);
        using HttpResponseMessage answer = await server.Http.PostAsync("/ingest/air-station", content, Ct);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Air.AssertIsMessage(await server.PointsOfAsync(device), device);
    }

    [Fact]
    public async Task Post_ByTheCommandOfTheReadme_IsToldThePath()
    {
        string device = Air.NewDevice();
        string answer = await Tool.RunAsync("curl", "-s", "-i", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{server.HttpPort}/ingest/air-station"), "-d", Air.BadMessage(device));

        Assert.StartsWith("HTTP/1.1 422", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        Assert.Contains("\"path\":\"$.data.pm10\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_MoreBadThanAreShown_CountsThemAll()
    {
        string device = Air.NewDevice();
        using HttpResponseMessage answer = await PostAsync($"[{string.Join(',', Enumerable.Repeat(Air.BadMessage(device), 150))}]");

        using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct));
        Assert.Equal((150, 100), (Number(json, "rejected"), json.RootElement.GetProperty("errors").GetArrayLength()));
    }

    private static int Number(JsonDocument json, string name) => json.RootElement.GetProperty(name).GetInt32();

    private static void AssertIsThePm10(JsonElement error, int index)
    {
        Assert.Equal((index, "$.data.pm10", "type_mismatch"), (error.GetProperty("index").GetInt32(), error.GetProperty("path").GetString(), error.GetProperty("reason").GetString()));
        Assert.Contains("high", error.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> PostAsync(string body, string source = Air.Source) => server.Http.PostAsync($"/ingest/{source}", new StringContent(body), Ct);
}
