using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;

namespace CityPerception.Access;

/// <summary>
/// The cookie of a session: no script can read it, no other site's page can make a browser send it, and it says who the
/// person is, or which key a screen has, not what they may do: that is asked of <see cref="AccessBook"/> at every request.
/// </summary>
internal sealed class SessionCookie(AccessBook book, IOptions<AccessOptions> access) : IConfigureNamedOptions<CookieAuthenticationOptions>
{
    public const string Name = "cityperception-session";

    public void Configure(CookieAuthenticationOptions options) => Configure(Identities.Session, options);

    public void Configure(string? name, CookieAuthenticationOptions options)
    {
        if (name != Identities.Session) return;
        options.Cookie.Name = Name;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Strict;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = access.Value.SessionLength;
        options.SlidingExpiration = true;
        options.Events = new CookieAuthenticationEvents
        {
            OnValidatePrincipal = ValidateAsync,
            OnRedirectToLogin = static context => ChallengeAsync(context),
            OnRedirectToAccessDenied = static context => Results.Problem(
                "None of your roles may do this. 您的角色无此权限。", statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context.HttpContext),
        };
    }

    private async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        if (await book.FindAsync(context.Principal!) is { } now)
        {
            context.ReplacePrincipal(now);
            return;
        }

        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(Identities.Session);
    }

    // A page is answered with the page to sign in at; data, with a problem.
    private static Task ChallengeAsync(RedirectContext<CookieAuthenticationOptions> context)
    {
        HttpRequest request = context.Request;
        if (HttpMethods.IsGet(request.Method) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Redirect($"{AccessServices.SignInPage}?to={Uri.EscapeDataString(request.Path + request.QueryString)}");
            return Task.CompletedTask;
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Results.Problem(
            "Sign in, or send a key: Authorization: Bearer KEY. 请先登录，或在请求头 Authorization 中提供密钥。", statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(context.HttpContext);
    }
}
