using System.Globalization;
using System.Security.Claims;
using CityPerception.Storage.Operations.Access;
using Microsoft.Extensions.Options;

namespace CityPerception.Access.Oidc;

/// <summary>
/// People that the provider knows and this server does not. What their session says of them is what the provider said when
/// it began: so it ends <see cref="AccessOptions.SessionLength"/> after that, used or not, and roles follow the settings of now.
/// </summary>
internal sealed class OidcPeople(IOptions<OidcOptions> options, IOptions<AccessOptions> access, TimeProvider clock)
{
    private const int MaxValues = 20;

    /// <summary>Since when a session goes on, in seconds since 1970; the values of the claim that give roles.</summary>
    private const string Since = "since", Value = "value";

    private readonly Lazy<ILookup<string, string>> _roles = new(() => options.Value.RolesByValue());

    /// <summary>Whoever the provider says it is.</summary>
    public ClaimsPrincipal Of(ClaimsPrincipal shown)
    {
        string name = shown.FindFirstValue(options.Value.NameClaim) is { Length: > 0 } given ? given : SubjectOf(shown);
        if (name.Length > User.MaxNameLength) name = name[..User.MaxNameLength];
        IEnumerable<string> values = shown.FindAll(options.Value.RoleClaim).Select(c => c.Value).Where(v => _roles.Value.Contains(v)).Distinct(StringComparer.Ordinal).Take(MaxValues);
        return Make(SubjectOf(shown), name, clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), [.. values]);
    }

    /// <summary>The same person later, with the roles of now; null if the session has ended.</summary>
    public ClaimsPrincipal? Find(ClaimsPrincipal session)
    {
        if (!options.Value.IsOn || !long.TryParse(session.FindFirstValue(Since), NumberStyles.None, CultureInfo.InvariantCulture, out long since)) return null;
        if (clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(since) > access.Value.SessionLength) return null;
        ClaimsPrincipal who = Make(session.FindFirstValue(ClaimTypes.NameIdentifier)!, session.Identity!.Name!, session.FindFirstValue(Since)!, [.. session.FindAll(Value).Select(c => c.Value)]);
        return who.HasClaim(c => c.Type == ClaimTypes.Role) ? who : null;
    }

    /// <summary>Who it is, for the provider.</summary>
    public static string SubjectOf(ClaimsPrincipal shown) => shown.FindFirstValue("sub") ?? "";

    private ClaimsPrincipal Make(string subject, string name, string since, IReadOnlyList<string> values) => Identities.Of(
        subject, name, [new Claim(Since, since), .. values.Select(v => new Claim(Value, v)), .. values.SelectMany(v => _roles.Value[v]).Distinct().Select(r => new Claim(ClaimTypes.Role, r))]);
}
