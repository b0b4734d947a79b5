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
        if (Request.Headers.Authorization is not [{ } header]) return AuthenticateResult.NoResult();
        if (KeyHeader.Find(header, TakesInfluxForms) is not { } key) return AuthenticateResult.NoResult();
        if (IsCommand(key)) return Success(Identities.OfCommand());
        return await book.FindKeyAsync(key) is { } known ? Success(Identities.Of(known)) : AuthenticateResult.NoResult();
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        string forms = TakesInfluxForms ? " (or Token, or Basic with the key as the password)" : "";
        return Results.Problem(
            $"The Authorization header holds no key that is taken: Bearer KEY{forms}. 请求头 Authorization 中没有有效的密钥。",
            statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        string? wanted = Context.GetEndpoint()?.Metadata.GetMetadata<AccessRule>()?.Scopes is [{ } scope, ..] ? scope : null;
        if (wanted == KeyScopes.Ingest) wanted = $"{wanted}:{Context.GetRouteValue("source")}";
        return Results.Problem(
            wanted is null ? "No key may do this. 任何密钥都无此权限。" : $"The key has not the scope {wanted}. 该密钥没有 {wanted} 权限。",
            statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(Context);
    }

    private bool TakesInfluxForms => Context.GetEndpoint()?.Metadata.GetMetadata<InfluxCredentials>() is not null;

    private bool IsCommand(string key) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(instance.Key));

    private AuthenticateResult Success(ClaimsPrincipal who) => AuthenticateResult.Success(new AuthenticationTicket(who, Scheme.Name));
}
