using System.Security.Claims;
using System.Text.Json;
using CityPerception.Access.Oidc;
using CityPerception.Hosting;
using CityPerception.Storage.Operations.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace CityPerception.Access;

/// <summary><c>/api/session</c>: sign in, out, and who is.</summary>
internal sealed class SessionEndpoints(SignIn signIn, AuditTrail audit, IOptions<SecurityOptions> security, IOptions<OidcOptions> oidc, TimeProvider clock)
{
    public const string Path = "/api/session";

    private const int MaxBodyBytes = 4 << 10;

    // As long as browsers keep a cookie.
    private static readonly TimeSpan ScreenSession = TimeSpan.FromDays(400);

    public IResult Get(HttpContext context) => Results.Json(View(context.User), SignInJson.Default.SessionView);

    public async Task<IResult> PostAsync(HttpContext context)
    {
        if (!security.Value.Required)
            return Results.Problem("Nobody has to sign in: Security:Required is false. 未启用登录（Security:Required 为 false）。", statusCode: StatusCodes.Status409Conflict);
        // A form on another site can post text, but not JSON.
        if (!context.Request.HasJsonContentType()) return Results.Problem("Content-Type: application/json is needed. 须为 application/json。", statusCode: StatusCodes.Status415UnsupportedMediaType);
        SignInRequest? request = await ReadAsync(context);
        if (request is { Key: { Length: <= AccessSecrets.MaxPasswordLength } key }) return await PostKeyAsync(key, context);
        if (request is not { Name: { } name, Password: { Length: <= AccessSecrets.MaxPasswordLength } password })
            return Results.Problem("""The body is {"name": …, "password": …} or {"key": …}. 请求体须为用户名和密码，或密钥。""", statusCode: StatusCodes.Status400BadRequest);
        if (await signIn.TryAsync(name.Trim(), password, context) is not { } user)
            return Results.Problem("Name or password is wrong, or there were too many attempts. 用户名或密码有误，或尝试次数过多。", statusCode: StatusCodes.Status401Unauthorized);

        ClaimsPrincipal who = Identities.Of(user);
        await context.SignInAsync(Identities.Session, who);
        return Results.Json(View(who), SignInJson.Default.SessionView);
    }

    private async Task<IResult> PostKeyAsync(string text, HttpContext context)
    {
        if (await signIn.TryKeyAsync(text, context) is not { } key)
            return Results.Problem("The key is not taken. A screen's key has the scope read and no other. 密钥无效；大屏密钥只能有 read 权限。", statusCode: StatusCodes.Status401Unauthorized);
        ClaimsPrincipal who = Identities.Of(key);
        // A screen is started by nobody for a year; its key ends the session when it is revoked.
        await context.SignInAsync(Identities.Session, who, new AuthenticationProperties { IsPersistent = true, ExpiresUtc = clock.GetUtcNow() + ScreenSession });
        return Results.Json(View(who), SignInJson.Default.SessionView);
    }

    public async Task<IResult> DeleteAsync(HttpContext context)
    {
        if (!security.Value.Required) return Results.NoContent();
        if (context.User.Identity is { IsAuthenticated: true }) await audit.AddAsync(context, Identities.Describe(context.User), "sign-out", "", "ok");
        await context.SignOutAsync(Identities.Session);
        return Results.NoContent();
    }

    private SessionView View(ClaimsPrincipal who) => new(security.Value.Required, who.Identity?.Name, [.. who.FindAll(ClaimTypes.Role).Select(c => c.Value)], security.Value.Required && oidc.Value.IsOn ? oidc.Value.Label : null);

    private static async Task<SignInRequest?> ReadAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = MaxBodyBytes;
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, SignInJson.Default.SignInRequest, context.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
