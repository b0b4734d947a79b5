using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using CityPerception.DeadLetters;
using CityPerception.Storage.Operations.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace CityPerception.Access;

/// <summary>Lets programs in by their keys, and commands on this machine by the key in the data directory.</summary>
internal sealed class KeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, AccessBook book, InstanceFile instance)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers.Authorization is not [{ } header] || HasKeyInUrl) return AuthenticateResult.NoResult();
        if (KeyHeader.Find(header, TakesInfluxForms) is not { } key) return AuthenticateResult.NoResult();
        if (IsCommand(key)) return Success(Identities.OfCommand());
        return await book.FindKeyAsync(key) is { } known ? Success(Identities.Of(known)) : AuthenticateResult.NoResult();
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        string forms = TakesInfluxForms ? " (or Token, or Basic with the key as the password)" : "";
        return AnswerAsync(StatusCodes.Status401Unauthorized, HasKeyInUrl
            ? "The password is in the URL (p=), where logs keep it: revoke it, and send the new key as Authorization: Token KEY, or as the password of Basic. 密钥不得放在 URL 中（p=），请吊销该密钥并改用请求头 Authorization。"
            : $"The Authorization header holds no key that is taken: Bearer KEY{forms}. 请求头 Authorization 中没有有效的密钥。");
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        string? wanted = Context.GetEndpoint()?.Metadata.GetMetadata<AccessRule>()?.Scopes is [{ } scope, ..] ? scope : null;
        if (wanted == KeyScopes.Ingest) wanted = $"{wanted}:{Context.GetRouteValue("source")}";
        return AnswerAsync(StatusCodes.Status403Forbidden, wanted is null ? "No key may do this. 任何密钥都无此权限。" : $"The key has not the scope {wanted}. 该密钥没有 {wanted} 权限。");
    }

    private bool TakesInfluxForms => Context.GetEndpoint()?.Metadata.GetMetadata<InfluxCredentials>() is not null;

    // InfluxDB 1.x takes name and password as u and p.
    private bool HasKeyInUrl => TakesInfluxForms && Request.Query.ContainsKey("p");

    // Agents of InfluxDB look for the reason under these names.
    private Task AnswerAsync(int status, string detail) => Results.Problem(
        detail, statusCode: status, extensions: TakesInfluxForms ? new Dictionary<string, object?> { ["error"] = detail, ["message"] = detail } : null).ExecuteAsync(Context);

    private bool IsCommand(string key) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(instance.Key));

    private AuthenticateResult Success(ClaimsPrincipal who) => AuthenticateResult.Success(new AuthenticationTicket(who, Scheme.Name));
}
