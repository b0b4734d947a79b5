using System.Diagnostics;
using CityPerception.Access.Oidc;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;

namespace CityPerception.Tests.Access;

/// <summary>A server whose people sign in by a provider of identities that others wrote, besides its own.</summary>
public sealed class OidcServer : PeopleServer
{
    private const string ClientId = "cityperception";

    private static readonly string Folder = RepositoryFolder.Find("tests/CityPerception.Tests/Foreign");

    private readonly string _secret = Guid.NewGuid().ToString("N");
    private readonly TempFolder _folder = new();
    private Process? _provider;

    /// <summary>The provider, an address.</summary>
    internal string Issuer { get; private set; } = "";

    protected override (string Key, string Value)[] Settings =>
    [
        .. base.Settings, ("Oidc:Authority", Issuer), ("Oidc:ClientId", ClientId), ("Oidc:ClientSecretFile", _folder.File("secret")), ("Oidc:Roles", "city-operators=operator, city-it=administrator"), ("Oidc:Label", "City SSO"),
    ];

    public override async ValueTask InitializeAsync()
    {
        string node = MissingServer.Find("node", "Debian: apt-get install nodejs npm.");
        if (!Directory.Exists(Path.Combine(Folder, "node_modules", "oidc-provider"))) MissingServer.Missing("oidc-provider", $"npm ci in {Folder}, which tests/run.sh does.");
        await File.WriteAllTextAsync(_folder.File("secret"), _secret + "\n", Ct);
        _provider = Process.Start(new ProcessStartInfo(node, [Path.Combine(Folder, "oidc.js"), ClientId, _secret, OidcHandling.CallbackPath]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _provider.ErrorDataReceived += (_, _) => { }; // it warns that it is for trying out
        _provider.BeginErrorReadLine();
        Issuer = await _provider.StandardOutput.ReadLineAsync(Ct) ?? throw new InvalidOperationException("The provider has not started.");
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _provider?.Kill();
        _provider?.Dispose();
        _folder.Dispose();
    }

    /// <summary>A browser's way of signing in by the provider, form by form. Where it ended, with the cookies of all sites.</summary>
    internal async Task<(Uri End, HttpClient Browser)> SignInByProviderAsync(string name)
    {
        var browser = new HttpClient(new SocketsHttpHandler { UseCookies = true, MaxAutomaticRedirections = 20 }) { BaseAddress = Http.BaseAddress };
        HttpResponseMessage answer = await browser.GetAsync("/sign-in/oidc?to=/ingest", Ct);
        for (int form = 0; form < 2 && answer.RequestMessage!.RequestUri!.Port != HttpPort; form++)
        {
            string page = await answer.Content.ReadAsStringAsync(Ct);
            string prompt = page.Contains("value=\"login\"", StringComparison.Ordinal) ? "login" : "consent";
            using var posted = new FormUrlEncodedContent([new("prompt", prompt), new("login", name), new("password", "any")]);
            Uri to = answer.RequestMessage.RequestUri;
            answer.Dispose();
            answer = await browser.PostAsync(to, posted, Ct);
        }

        answer.Dispose();
        return (answer.RequestMessage!.RequestUri!, browser);
    }
}
