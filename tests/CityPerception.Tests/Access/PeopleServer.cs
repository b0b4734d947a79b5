using System.Net.Http.Headers;
using System.Net.Http.Json;
using CityPerception.Storage.Operations.Access;
using CityPerception.Storage.Operations.Auditing;
using CityPerception.Storage.Operations.Devices;
using CityPerception.Tests.Sources;

namespace CityPerception.Tests.Access;

/// <summary>A server that asks everybody who they are, and means to make people and keys that may come in.</summary>
public class PeopleServer : CityServer
{
    protected override (string Key, string Value)[] Settings =>
    [
        ("Security:Required", "true"), ("Security:FailuresBeforeLockout", "3"), ("Security:Lockout", "1.00:00:00"), ("Access:SignInsPerMinute", "10000"),
    ];

    internal AccessRegistry Registry => Part<AccessRegistry>();

    internal AuditLog Audit => Part<AuditLog>();

    internal IServiceProvider Parts => Part<IServiceProvider>();

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Somebody that no other test has.</summary>
    internal async Task<(string Name, string Password)> AddUserAsync(params string[] roles)
    {
        (string name, string password) = ("u" + Guid.NewGuid().ToString("N"), DeviceSecrets.MakePassword());
        Assert.True(await Registry.AddUserAsync(name, AccessSecrets.HashPassword(password), roles, Ct));
        return (name, password);
    }

    /// <summary>A key that no other test has.</summary>
    internal async Task<(string Name, string Key)> AddKeyAsync(string[] scopes, int? rate = null, DateTimeOffset? expiresAt = null)
    {
        (string name, string key) = ("k" + Guid.NewGuid().ToString("N"), AccessSecrets.MakeKey());
        Assert.True(await Registry.AddKeyAsync(name, AccessSecrets.HashKey(key), scopes, rate, expiresAt, Ct));
        return (name, key);
    }

    /// <summary>A client without credentials, that follows no redirection and keeps no cookie.</summary>
    internal HttpClient Stranger() => new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = Http.BaseAddress };

    /// <summary>A client with a key, which the server has heard of.</summary>
    internal async Task<HttpClient> WithKeyAsync(string key, bool isTaken = true)
    {
        HttpClient client = Stranger();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (isTaken) await TestKit.Until.TrueAsync("the key is known", async () => await NameAsync(client) is not null, Ct);
        return client;
    }

    /// <summary>A client of somebody who has signed in.</summary>
    internal async Task<HttpClient> SignInAsync(string name, string password)
    {
        HttpClient client = Stranger();
        string? cookie = null;
        await TestKit.Until.TrueAsync("the person is known", async () =>
        {
            using HttpResponseMessage answer = await TrySignInAsync(client, name, password);
            cookie = answer.IsSuccessStatusCode ? Assert.Single(answer.Headers.GetValues("Set-Cookie")).Split(';')[0] : null;
            return cookie is not null;
        }, Ct);
        client.DefaultRequestHeaders.Add("Cookie", cookie);
        return client;
    }

    internal static Task<HttpResponseMessage> TrySignInAsync(HttpClient client, string name, string password) => client.PostAsJsonAsync("/api/session", new { name, password }, Ct);

    /// <summary>Who the server says that the client is; null for nobody.</summary>
    internal static async Task<string?> NameAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<System.Text.Json.JsonElement>("/api/session", Ct)).GetProperty("name").GetString();
}
