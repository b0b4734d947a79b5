using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;

namespace CityPerception.Access.Oidc;

/// <summary>Registration of sign-in by an OpenID Connect provider. Without <c>Oidc:Authority</c> there is none.</summary>
internal static class OidcServices
{
    public const string Path = "/sign-in/oidc";

    public static IServiceCollection AddOidcPeople(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<OidcOptions>, OidcOptionsRule>();
        services.AddOptions<OidcOptions>().BindConfiguration(OidcOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<OidcPeople>();
        return services;
    }

    public static AuthenticationBuilder AddOidc(this AuthenticationBuilder authentication, IConfiguration settings)
    {
        if (!IsOn(settings)) return authentication;
        authentication.Services.AddSingleton<IConfigureOptions<OpenIdConnectOptions>, OidcHandling>();
        // It tells of each answer that is not right, with what was in it; OnRemoteFailure says what is to be known.
        authentication.Services.AddLogging(static logging => logging.AddFilter(typeof(OpenIdConnectHandler).FullName, LogLevel.None));
        return authentication.AddOpenIdConnect(Identities.Oidc, static _ => { });
    }

    public static void MapOidc(this WebApplication app)
    {
        if (!IsOn(app.Configuration)) return;
        app.MapGet(Path, static (string? to) => Results.Challenge(new AuthenticationProperties { RedirectUri = ReturnTo(to) }, [Identities.Oidc])).OpenToAll()
            .RequireRateLimiting(RequestRates.SignIns).ExcludeFromDescription();
    }

    // To the sign-in page, which goes on from there: the session's cookie is Strict, and what a browser asks for on being
    // sent here from another site comes without it. That page lets nobody be sent elsewhere.
    private static string ReturnTo(string? to) => $"{AccessServices.SignInPage}?in=1&to={Uri.EscapeDataString(to ?? "/")}";

    private static bool IsOn(IConfiguration settings) => settings[$"{OidcOptions.Section}:{nameof(OidcOptions.Authority)}"] is { Length: > 0 };
}
