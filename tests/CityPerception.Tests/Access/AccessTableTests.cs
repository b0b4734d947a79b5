using System.Net;
using System.Text.RegularExpressions;
using CityPerception.Access;
using CityPerception.Storage.Operations.Access;
using CityPerception.TestKit;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CityPerception.Tests.Access;

/// <summary>The table of docs/access.md, and what every route of the running server really does with each kind of credential.</summary>
public sealed partial class AccessTableTests(PeopleServer server) : IClassFixture<PeopleServer>
{
    private const string Allowed = "✓", AnyMethod = "*", Source = "air-station";

    private static readonly string[] Scopes = [.. KeyScopes.Words, "ingest:*", "ingest:" + Source, "ingest:noise-meter"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryRoute_WithAndWithoutEachKindOfCredential_DoesWhatTheTableSays()
    {
        Dictionary<string, Row> table = ReadTable();
        (string Method, string Pattern)[] routes = [.. Routes().Order()];
        string[] mapped = [.. routes.Select(r => $"{r.Method} {r.Pattern}")];
        Assert.Empty(mapped.Except(table.Keys));
        Assert.Empty(table.Keys.Except(mapped));

        List<Credential> credentials = await MakeCredentialsAsync();
        List<string> wrong = [];
        int refused = 0;
        foreach ((string method, string pattern) in routes)
        {
            Row row = table[$"{method} {pattern}"];
            foreach (Credential credential in credentials)
            {
                bool expected = credential.May(row), found = await IsAllowedAsync(credential.Client, method, pattern);
                if (!found) refused++;
                if (expected != found) wrong.Add($"{method} {pattern} with {credential.Name}: the table says {expected}, the server {found}");
            }
        }

        Assert.Empty(wrong);
        Assert.True(refused > 300, $"{refused} refusals"); // it was asked, and not of nobody
        foreach (Credential credential in credentials) credential.Client.Dispose();
    }

    [Fact]
    public void EveryRoute_SaysWhatItAsksFor() => Assert.DoesNotContain(
        Endpoints(), e => e.Metadata.GetMetadata<AccessRule>() is null && e.Metadata.GetMetadata<IAllowAnonymous>() is null);

    private async Task<List<Credential>> MakeCredentialsAsync()
    {
        List<Credential> made = [new("nothing", server.Stranger(), row => row.Open)];
        foreach (string role in UserRoles.All)
        {
            (string name, string password) = await server.AddUserAsync(role);
            made.Add(new(role, await server.SignInAsync(name, password), row => row.Roles.Contains(role)));
        }

        foreach (string scope in Scopes)
            made.Add(new("key " + scope, await server.WithKeyAsync((await server.AddKeyAsync([scope])).Key), row => row.Open || row.Scopes.Contains(scope)));

        (string gone, string goneKey) = await server.AddKeyAsync([.. KeyScopes.Words]);
        HttpClient revoked = await server.WithKeyAsync(goneKey);
        Assert.True(await server.Registry.RevokeKeyAsync(gone, Ct));
        await Until.TrueAsync("the key is revoked", async () => await PeopleServer.NameAsync(revoked) is null, Ct);
        made.Add(new("a revoked key", revoked, row => row.Open));
        (_, string late) = await server.AddKeyAsync([.. KeyScopes.Words], expiresAt: TimeProvider.System.GetUtcNow().AddSeconds(-1));
        made.Add(new("an expired key", await server.WithKeyAsync(late, isTaken: false), row => row.Open));
        made.Add(new("a key that is none", await server.WithKeyAsync(AccessSecrets.MakeKey(), isTaken: false), row => row.Open));
        (string user, string its) = await server.AddUserAsync([.. UserRoles.All]);
        HttpClient disabled = await server.SignInAsync(user, its);
        Assert.True(await server.Registry.SetDisabledAsync(user, true, Ct));
        await Until.TrueAsync("the person is out", async () => await PeopleServer.NameAsync(disabled) is null, Ct);
        made.Add(new("a session that has ended", disabled, row => row.Open));
        return made;
    }

    private static async Task<bool> IsAllowedAsync(HttpClient client, string method, string pattern)
    {
        string path = Parameter().Replace(pattern, match => match.Groups[1].Value switch
        {
            "source" => Source,
            "id" => Guid.NewGuid().ToString(),
            "documentName" => "v1",
            _ => "something",
        });
        using var request = new HttpRequestMessage(new HttpMethod(method == AnyMethod ? "GET" : method), path);
        using HttpResponseMessage answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.True((int)answer.StatusCode is < 500 and not 302, $"{method} {path}: {answer.StatusCode}");
        return answer.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden);
    }

    private IEnumerable<RouteEndpoint> Endpoints() => server.Parts.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().Distinct();

    private IEnumerable<(string Method, string Pattern)> Routes() => Endpoints().SelectMany(e =>
        (e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods : [AnyMethod]).Select(m => (m, "/" + e.RoutePattern.RawText!.TrimStart('/'))));

    private static Dictionary<string, Row> ReadTable()
    {
        string[][] lines = [.. File.ReadLines(RepositoryFolder.Find("docs/access.md")).Where(l => l.StartsWith('|')).Select(l => l.Split('|')[1..^1].Select(c => c.Trim()).ToArray())];
        string[] head = lines[0];
        Assert.Equal(["route", "without", .. UserRoles.All, "key with the scope"], head);
        var table = new Dictionary<string, Row>(StringComparer.Ordinal);
        foreach (string[] cells in lines.Skip(2).TakeWhile(c => c.Length == head.Length))
        {
            Assert.All(cells[1..^1], c => Assert.True(c is "" or Allowed));
            var row = new Row(
                cells[1] == Allowed,
                [.. UserRoles.All.Where((_, i) => cells[i + 2] == Allowed)],
                [.. Code().Matches(cells[^1]).Select(m => m.Groups[1].Value.Replace("{source}", Source, StringComparison.Ordinal))]);
            foreach (Match route in Code().Matches(cells[0])) table.Add(route.Groups[1].Value, row);
        }

        return table;
    }

    private sealed record Row(bool Open, string[] Roles, string[] Scopes);

    private sealed record Credential(string Name, HttpClient Client, Func<Row, bool> May);

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\{\**(\w+)\}")]
    private static partial Regex Parameter();
}
