using System.Net;
using CityPerception.Core.Queries;
using CityPerception.Sources.Open311;
using CityPerception.TestKit;

namespace CityPerception.Tests.Sources.Open311;

/// <summary>A server that has keys.</summary>
public sealed class KeyedServer : CityServer
{
    public const string Listed = "listed-key-0123456789", InFile = "key-of-the-file-0123456789";

    private readonly TempFolder _folder = new();

    public KeyedServer() => File.WriteAllLines(_folder.File("keys.txt"), ["# for the app", "", $"  {InFile}  "]);

    protected override (string Key, string Value)[] Settings => [("Open311:ApiKeys", $"other-key-0123456789, {Listed}"), ("Open311:KeyFile", _folder.File("keys.txt"))];

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>Where there are keys, a report needs one.</summary>
public sealed class Open311KeyTests(KeyedServer server) : IClassFixture<KeyedServer>
{
    private readonly Resident _resident = new(server);

    [Theory]
    [InlineData(KeyedServer.Listed, 201)]
    [InlineData(KeyedServer.InFile, 201)]
    [InlineData(null, 403)]
    [InlineData("", 403)]
    [InlineData("listed-key-012345678", 403)]
    [InlineData("LISTED-KEY-0123456789", 403)]
    public async Task Post_WithAKey_IsTakenOrNot(string? key, int status)
    {
        Dictionary<string, string> form = Resident.Report();
        if (key is not null) form["api_key"] = key;
        Reply reply = await _resident.PostAsync(form);
        Assert.Equal(status, (int)reply.Status);
        if (status == 403) Assert.Contains("api_key", Assert.Single(reply.Errors).Description, StringComparison.Ordinal);
        Assert.Equal(status == 201 ? 1 : 0, (await server.PointsAsync("incident", new Filter.Text("text", form["description"]))).Count);
    }

    [Fact]
    public async Task Get_NeedsNoKey() => Assert.Equal(HttpStatusCode.OK, (await _resident.GetAsync("/requests.json")).Status);

    [Fact]
    public async Task Post_SameIdempotencyKeyOfTwoSenders_AreTwoReports()
    {
        string key = Guid.NewGuid().ToString();
        Dictionary<string, string> one = Resident.Report(), other = Resident.Report();
        one["api_key"] = KeyedServer.Listed;
        other["api_key"] = KeyedServer.InFile;
        Assert.NotEqual((await _resident.PostAsync(one, key)).Id, (await _resident.PostAsync(other, key)).Id);
    }

    [Theory]
    [InlineData("short", null, "Open311:ApiKeys: key 1 has 5 characters")]
    [InlineData("", "/no/such/file", "Open311:KeyFile: /no/such/file cannot be read")]
    [InlineData("", "/dev/null", "holds no key")]
    public void TryRead_KeysThatAreNone_StopsTheStartWithoutSayingThem(string keys, string? file, string about)
    {
        Assert.Null(ApiKeys.TryRead(new Open311Options { ApiKeys = keys, KeyFile = file }, out string? fault));
        Assert.Contains(about, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("short", fault, StringComparison.Ordinal);
    }
}
