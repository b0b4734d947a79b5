using System.Net;
using System.Text;
using System.Text.Json;
using CityPerception.Core.Observations;
using CityPerception.Observability;
using CityPerception.Storage.DeadLetters;
using MQTTnet;

namespace CityPerception.Tests.Sources;

/// <summary>Everything that must be refused: by its name, with the original bytes kept, and without harm to the next message.</summary>
public sealed class BadInputTests(CityServer server) : IClassFixture<CityServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // Name, message, reason, HTTP status. @ stands for a device that no other message has.
    public static TheoryData<string, byte[], RejectionReason, HttpStatusCode> Messages => new()
    {
        { "no bytes", [], RejectionReason.PayloadEmpty, HttpStatusCode.BadRequest },
        { "blanks", Utf8(" \n "), RejectionReason.PayloadEmpty, HttpStatusCode.BadRequest },
        { "invalid UTF-8", [.. Utf8("{\"deviceId\":\"@"), 0xC3, 0x28, .. Utf8("\",\"ts\":1700000000000,\"data\":{\"pm25\":1}}")], RejectionReason.TextEncodingInvalid, HttpStatusCode.BadRequest },
        { "GBK", [.. Utf8("{\"deviceId\":\"@"), 0xB3, 0xA4, 0xD6, 0xCE, .. Utf8("\",\"ts\":1700000000000,\"data\":{\"pm25\":1}}")], RejectionReason.TextEncodingInvalid, HttpStatusCode.BadRequest },
        { "truncated", Utf8("""{"deviceId":"@","ts":1700000000000,"data":{"pm25":1"""), RejectionReason.SyntaxInvalid, HttpStatusCode.BadRequest },
        { "no JSON", Utf8("deviceId=@"), RejectionReason.SyntaxInvalid, HttpStatusCode.BadRequest },
        { "NaN", Utf8("""{"deviceId":"@","ts":1700000000000,"data":{"pm25":NaN}}"""), RejectionReason.SyntaxInvalid, HttpStatusCode.BadRequest },
        { "NaN as text", Utf8("""{"deviceId":"@","ts":1700000000000,"data":{"pm25":"NaN"}}"""), RejectionReason.NumberInvalid, HttpStatusCode.UnprocessableEntity },
        { "1e999", Utf8("""{"deviceId":"@","ts":1700000000000,"data":{"pm25":1e999}}"""), RejectionReason.NumberInvalid, HttpStatusCode.UnprocessableEntity },
        { "out of range", Utf8("""{"deviceId":"@","ts":1700000000000,"data":{"pm25":65535}}"""), RejectionReason.OutOfRange, HttpStatusCode.UnprocessableEntity },
        { "in 1970", Utf8("""{"deviceId":"@","ts":1700000,"data":{"pm25":1}}"""), RejectionReason.TimeTooOld, HttpStatusCode.UnprocessableEntity },
        { "in 2099", Utf8("""{"deviceId":"@","ts":4080000000000,"data":{"pm25":1}}"""), RejectionReason.TimeInFuture, HttpStatusCode.UnprocessableEntity },
        { "no time", Utf8("""{"deviceId":"@","data":{"pm25":1}}"""), RejectionReason.ValueMissing, HttpStatusCode.UnprocessableEntity },
        { "no device", Utf8("""{"ts":1700000000000,"data":{"pm25":1},"x":"@"}"""), RejectionReason.ValueMissing, HttpStatusCode.UnprocessableEntity },
        { "100,000 elements", Utf8("[" + string.Join(',', Enumerable.Repeat('1', 100_000)) + "]"), RejectionReason.ElementsExceeded, HttpStatusCode.RequestEntityTooLarge },
        { "nested 1,000 deep", Utf8("""{"deviceId":"@","ts":1700000000000,"data":""" + new string('[', 1000) + new string(']', 1000) + "}"), RejectionReason.DepthExceeded, HttpStatusCode.BadRequest },
        { "a key twice", Utf8("""{"deviceId":"@","ts":1700000000000,"ts":1700000000001,"data":{"pm25":1}}"""), RejectionReason.DuplicateKey, HttpStatusCode.UnprocessableEntity },
        { "a text for a number", Utf8("""{"deviceId":"@","ts":1700000000000,"data":{"pm25":"high"}}"""), RejectionReason.TypeMismatch, HttpStatusCode.UnprocessableEntity },
        { "an object for a number", Utf8("""{"deviceId":"@","ts":1700000000000,"data":{"pm25":{}}}"""), RejectionReason.TypeMismatch, HttpStatusCode.UnprocessableEntity },
        { "an object for a tag", Utf8("""{"deviceId":{"@":1},"ts":1700000000000,"data":{"pm25":1}}"""), RejectionReason.TagValueInvalid, HttpStatusCode.UnprocessableEntity },
        { "true for a time", Utf8("""{"deviceId":"@","ts":true,"data":{"pm25":1}}"""), RejectionReason.TimeInvalid, HttpStatusCode.UnprocessableEntity },
        { "no field", Utf8("""{"deviceId":"@","ts":1700000000000,"data":{}}"""), RejectionReason.FieldsEmpty, HttpStatusCode.UnprocessableEntity },
    };

    [Theory]
    [MemberData(nameof(Messages), DisableDiscoveryEnumeration = true)]
    public async Task Post_BadMessage_IsRefusedByNameAndKeptAndTheNextIsServed(string name, byte[] template, RejectionReason reason, HttpStatusCode status)
    {
        string device = Air.NewDevice();
        byte[] message = Of(template, device);
        int before = (await server.LettersOfAsync(message)).Length;
        using HttpResponseMessage answer = await server.Http.PostAsync("/ingest/air-station", new ByteArrayContent(message), Ct);

        Assert.Equal(status, answer.StatusCode);
        using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Ct));
        JsonElement error = Assert.Single(json.RootElement.GetProperty("errors").EnumerateArray());
        Assert.Equal(IngestMetrics.ReasonNames[reason], error.GetProperty("reason").GetString());
        await AssertIsKeptAsync(name, message, before, reason, "http");

        using HttpResponseMessage next = await server.Http.PostAsync("/ingest/air-station", new StringContent(Air.Message(device)), Ct);
        Assert.Equal(HttpStatusCode.Accepted, next.StatusCode);
        Air.AssertIsMessage(await server.PointsOfAsync(device), device);
    }

    [Theory]
    [MemberData(nameof(Messages), DisableDiscoveryEnumeration = true)]
    public async Task Publish_BadMessage_IsRefusedByNameAndKeptAndTheNextIsServed(string name, byte[] template, RejectionReason reason, HttpStatusCode status)
    {
        Assert.True((int)status is >= 400 and < 500);
        string device = Air.NewDevice();
        byte[] message = Of(template, device);
        int before = (await server.LettersOfAsync(message)).Length;
        await using MqttPeer peer = await MqttPeer.ConnectAsync(server);
        MqttClientPublishResult result = await peer.PublishAsync(Air.Topic(device), message);

        Assert.Equal(MqttClientPublishReasonCode.PayloadFormatInvalid, result.ReasonCode);
        Assert.StartsWith(IngestMetrics.ReasonNames[reason] + ": ", result.ReasonString, StringComparison.Ordinal);
        await AssertIsKeptAsync(name, message, before, reason, "mqtt");

        Assert.True((await peer.PublishAsync(Air.Topic(device), Air.Message(device))).IsSuccess);
        Air.AssertIsMessage(await server.PointsOfAsync(device), device);
    }

    private async Task AssertIsKeptAsync(string name, byte[] message, int before, RejectionReason reason, string transport)
    {
        DeadLetter[] letters = await server.LettersOfAsync(message);
        Assert.True(letters.Length == before + 1, $"{name}: {letters.Length - before} letters");
        Assert.Equal((reason, 1, Air.Source, transport), (letters[0].Reason, letters[0].RejectionCount, letters[0].Source, letters[0].Transport));
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    // Latin-1 gives back every byte as it was.
    private static byte[] Of(byte[] template, string device) => Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(template).Replace("@", device, StringComparison.Ordinal));
}
