using System.Security.Claims;
using CityPerception.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace CityPerception.Access.Oidc;

/// <summary>How ASP.NET's handler talks to the provider: authorization code with PKCE, and of all that it says only name and roles are kept.</summary>
internal sealed class OidcHandling(IOptions<OidcOptions> options, OidcPeople people, AuditTrail audit, ILogger<OidcHandling> logger) : IConfigureNamedOptions<OpenIdConnectOptions>
{
    public const string CallbackPath = "/sign-in/oidc/callback";

    private const string Action = "sign-in oidc";

    public void Configure(OpenIdConnectOptions handler) => Configure(Identities.Oidc, handler);

    public void Configure(string? name, OpenIdConnectOptions handler)
    {
        if (name != Identities.Oidc) return;
        OidcOptions provider = options.Value;
        handler.Authority = provider.Authority;
        handler.RequireHttpsMetadata = !new Uri(provider.Authority).IsLoopback;
        handler.ClientId = provider.ClientId;
        handler.ClientSecret = ReadSecret(provider, out _);
        handler.SignInScheme = Identities.Session;
        handler.CallbackPath = CallbackPath;
        handler.ResponseType = OpenIdConnectResponseType.Code;
        handler.ResponseMode = OpenIdConnectResponseMode.Query;
        handler.UsePkce = true;
        handler.MapInboundClaims = false;
        handler.GetClaimsFromUserInfoEndpoint = true; // some say there alone which groups one is in
        handler.ClaimActions.MapJsonKey(provider.RoleClaim, provider.RoleClaim);
        handler.ClaimActions.MapJsonKey(provider.NameClaim, provider.NameClaim);
        handler.BackchannelTimeout = TimeSpan.FromSeconds(15);
        handler.Scope.Clear();
        foreach (string scope in provider.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries)) handler.Scope.Add(scope);
        // The answer is a redirection of the browser from another site, with which it sends Lax cookies and no Strict ones.
        handler.CorrelationCookie.SameSite = handler.NonceCookie.SameSite = SameSiteMode.Lax;
        handler.CorrelationCookie.SecurePolicy = handler.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        handler.Events = new OpenIdConnectEvents { OnTicketReceived = ReceivedAsync, OnRemoteFailure = FailedAsync };
    }

    /// <summary>The client's secret; null without one, or where it cannot be read.</summary>
    public static string? ReadSecret(OidcOptions options, out string? fault)
    {
        fault = null;
        return string.IsNullOrEmpty(options.ClientSecretFile) ? null : SecretFile.Read(options.ClientSecretFile, out fault);
    }

    private async Task ReceivedAsync(TicketReceivedContext context)
    {
        ClaimsPrincipal shown = context.Principal!;
        ClaimsPrincipal who = people.Of(shown);
        string target = "sub=" + OidcPeople.SubjectOf(shown);
        if (!who.HasClaim(c => c.Type == ClaimTypes.Role))
        {
            await audit.AddAsync(context.HttpContext, Identities.Describe(who), Action, target, "refused");
            await BackAsync(context, "role");
            return;
        }

        await audit.AddAsync(context.HttpContext, Identities.Describe(who), Action, target, "ok");
        context.Principal = who;
        // What the provider sent stays here: a session has name and roles.
        context.Properties = new AuthenticationProperties { RedirectUri = context.ReturnUri };
    }

    private async Task FailedAsync(RemoteFailureContext context)
    {
        logger.ProviderFailed(context.Failure?.Message ?? "no reason given");
        await audit.AddAsync(context.HttpContext, "nobody", Action, "", "refused");
        await BackAsync(context, "provider");
    }

    private static Task BackAsync<TOptions>(HandleRequestContext<TOptions> context, string fault)
        where TOptions : RemoteAuthenticationOptions
    {
        context.Response.Redirect($"{AccessServices.SignInPage}?failed={fault}");
        context.HandleResponse();
        return Task.CompletedTask;
    }
}
