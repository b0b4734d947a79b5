using System.Security.Claims;
using CityPerception.Storage.Operations.Access;

namespace CityPerception.Access;

/// <summary>Who asks, as the request carries it on.</summary>
internal static class Identities
{
    /// <summary>The kinds: a person's session, that of somebody whom a provider knows, a key, a command on this machine.</summary>
    public const string Session = "session", Oidc = "oidc", Key = "key", Command = "command";

    /// <summary>The claims beside name and role: what a key may do; the stamp of a person's sessions; a key's own rate.</summary>
    public const string Scope = "scope", Stamp = "stamp", Rate = "rate";

    private const string OidcMark = Oidc + ":";

    private static readonly string[] CommandScopes = [.. KeyScopes.Words, $"{KeyScopes.Ingest}:{KeyScopes.Any}"];

    /// <summary>A person, with the roles of now.</summary>
    public static ClaimsPrincipal Of(User user) => Make(Session, user.Id.ToString(), user.Name, [new Claim(Stamp, user.Stamp), .. Words(user.Roles).Select(r => new Claim(ClaimTypes.Role, r))]);

    /// <summary>A key.</summary>
    public static ClaimsPrincipal Of(ApiKey key)
    {
        List<Claim> claims = [.. Words(key.Scopes).Select(s => new Claim(Scope, s))];
        if (key.Rate is { } rate) claims.Add(new Claim(Rate, rate.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        return Make(Key, key.Hash, key.Name, claims);
    }

    /// <summary>Somebody whom a provider knows. Its name is marked: a person of this server may have the same.</summary>
    public static ClaimsPrincipal Of(string subject, string name, IEnumerable<Claim> more) => Make(Oidc, subject, name.StartsWith(OidcMark, StringComparison.Ordinal) ? name : OidcMark + name, more);

    /// <summary>A command of whoever may read the data directory.</summary>
    public static ClaimsPrincipal OfCommand() => Make(Command, "", Command, CommandScopes.Select(s => new Claim(Scope, s)));

    /// <summary>What kind of credential it is; null for none.</summary>
    public static string? KindOf(ClaimsPrincipal who) => who.Identity?.AuthenticationType;

    /// <summary>Whether it is a person.</summary>
    public static bool IsPerson(ClaimsPrincipal who) => KindOf(who) is Session or Oidc;

    /// <summary>As the audit log has it: <c>user:NAME</c>, <c>oidc:NAME</c>, <c>key:NAME</c>, <c>command</c>.</summary>
    public static string Describe(ClaimsPrincipal who) => KindOf(who) switch
    {
        Session => OfUser(who.Identity!.Name!),
        Oidc => who.Identity!.Name!,
        Key => "key:" + who.Identity!.Name,
        { } kind => kind,
        null => "nobody",
    };

    /// <summary>A person, as the audit log has them.</summary>
    public static string OfUser(string name) => "user:" + name;

    /// <summary>The words of a list.</summary>
    public static string[] Words(string list) => list.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static ClaimsPrincipal Make(string kind, string id, string name, IEnumerable<Claim> more) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, id), new Claim(ClaimTypes.Name, name), .. more], kind));
}
