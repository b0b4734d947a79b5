using System.Security.Claims;
using CityPerception.Access;
using CityPerception.Hosting;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Options;

namespace CityPerception.Screens.Admin;

/// <summary>
/// Who looks at the pages, and what they may do: asked anew before everything that is done, since a connection may outlast
/// a role. What is done is on record.
/// </summary>
internal sealed class Operator(AuthenticationStateProvider authentication, AccessBook book, AuditTrail audit, IOptions<SecurityOptions> security)
{
    private ClaimsPrincipal _who = new();

    /// <summary>The address of the browser.</summary>
    public string Origin { get; set; } = "";

    /// <summary>Null where nobody has to sign in.</summary>
    public string? Name => _who.Identity?.Name;

    /// <summary>Looks who it is now.</summary>
    public async Task LookAsync()
    {
        if (!security.Value.Required) return;
        ClaimsPrincipal session = (await authentication.GetAuthenticationStateAsync()).User;
        _who = Identities.IsPerson(session) && await book.FindAsync(session) is { } known ? known : new ClaimsPrincipal();
    }

    /// <summary>Whether one of the roles is theirs; where nobody has to sign in, everybody may.</summary>
    public bool Is(params IEnumerable<string> roles) => !security.Value.Required || roles.Any(_who.IsInRole);

    /// <summary>Does what only some may, and puts it on record with how it ended: what it gives back, or that it failed.</summary>
    /// <param name="action">As the audit log has it: <c>admin deadletter discard</c>.</param>
    /// <param name="target">To what.</param>
    /// <param name="roles">Who may.</param>
    /// <param name="work">Returns its result in a word.</param>
    /// <exception cref="UnauthorizedAccessException">They may not, or no more.</exception>
    public async Task DoAsync(string action, string target, IReadOnlyList<string> roles, Func<Task<string>> work)
    {
        await LookAsync();
        string result = "failed";
        try
        {
            if (!Is(roles))
            {
                result = "403";
                throw new UnauthorizedAccessException();
            }

            result = await work();
        }
        finally
        {
            await audit.AddAsync(Origin, Identities.Describe(_who), action, target, result);
        }
    }

    /// <summary>Puts on record that something was looked at which not everybody may see.</summary>
    public Task SawAsync(string action, string target) => audit.AddAsync(Origin, Identities.Describe(_who), action, target, "ok");
}
