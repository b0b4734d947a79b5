using System.ComponentModel.DataAnnotations;
using CityPerception.Storage.Operations.Access;
using Microsoft.Extensions.Options;

namespace CityPerception.Access.Oidc;

/// <summary>Sign-in of people by an OpenID Connect provider, beside the accounts of this server.</summary>
internal sealed class OidcOptions
{
    public const string Section = "Oidc";

    /// <summary>The issuer, as its discovery document has it: https://login.example.com/realms/city. Without it nobody signs in this way.</summary>
    public string Authority { get; set; } = "";

    /// <summary>As the provider knows this server.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>A file with the client's secret and nothing else, read at the start. Without it the client is a public one, by PKCE alone.</summary>
    public string? ClientSecretFile { get; set; }

    /// <summary>What is asked of the provider.</summary>
    public string Scopes { get; set; } = "openid profile";

    /// <summary>The claim that says what people call themselves; the subject where it is not given.</summary>
    public string NameClaim { get; set; } = "preferred_username";

    /// <summary>The claim, of one value or a list, that <see cref="Roles"/> turns into roles.</summary>
    public string RoleClaim { get; set; } = "groups";

    /// <summary>Which value of <see cref="RoleClaim"/> is which role, with commas between: city-operators=operator,city-it=administrator. Whoever has none of them may not come in.</summary>
    public string Roles { get; set; } = "";

    /// <summary>What is on the button of the sign-in page.</summary>
    [MaxLength(40)]
    public string Label { get; set; } = "单点登录 SSO";

    internal bool IsOn => Authority.Length > 0;

    /// <summary>The roles by the claim's values.</summary>
    public ILookup<string, string> RolesByValue() => Pairs().Where(p => p.Value is not null).ToLookup(p => p.Key, p => p.Value!, StringComparer.Ordinal);

    internal IEnumerable<(string Key, string? Value)> Pairs() => Roles.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(pair => pair.LastIndexOf('=') is > 0 and int at ? (pair[..at].TrimEnd(), pair[(at + 1)..].TrimStart()) : (pair, (string?)null));
}

/// <summary>Looks whether the settings go together.</summary>
internal sealed class OidcOptionsRule : IValidateOptions<OidcOptions>
{
    public ValidateOptionsResult Validate(string? name, OidcOptions options)
    {
        if (!options.IsOn) return ValidateOptionsResult.Success;
        List<string> faults = [.. FaultsOf(options)];
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> FaultsOf(OidcOptions options)
    {
        if (!Uri.TryCreate(options.Authority, UriKind.Absolute, out Uri? authority) || !(authority.Scheme == Uri.UriSchemeHttps || (authority.Scheme == Uri.UriSchemeHttp && authority.IsLoopback)))
            yield return $"Oidc:Authority: found '{options.Authority}'; allowed: an https address (http on this machine). 须为 https 地址。";
        if (options.ClientId.Length == 0) yield return "Oidc:ClientId: found nothing; allowed: the id that the provider has for this server. 缺少客户端编号。";
        if (!options.Scopes.Split(' ').Contains("openid", StringComparer.Ordinal)) yield return $"Oidc:Scopes: found '{options.Scopes}'; allowed: words with spaces between, openid among them. 须包含 openid。";
        if (!options.Pairs().Any()) yield return "Oidc:Roles: found nothing, so that nobody could come in; allowed: value=role,value=role. 缺少角色映射。";
        foreach ((string key, string? role) in options.Pairs())
            if (role is null || !UserRoles.All.Contains(role)) yield return $"Oidc:Roles: found '{key}{(role is null ? "" : "=" + role)}'; allowed: value=role, where role is one of {string.Join(", ", UserRoles.All)}. 角色映射有误。";
        if (!string.IsNullOrEmpty(options.ClientSecretFile) && OidcHandling.ReadSecret(options, out string? fault) is null) yield return $"Oidc:ClientSecretFile: {fault}";
    }
}
