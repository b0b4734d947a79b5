using CityPerception.Hosting;
using CityPerception.Storage.Operations.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace CityPerception.Access;

/// <summary>What an endpoint asks for, where credentials are required: a key with one of the scopes, or a person with one of the roles.</summary>
/// <param name="Scopes">Of a key. <see cref="KeyScopes.Ingest"/> means the source in the route.</param>
/// <param name="Roles">Of a person.</param>
/// <param name="IsAudited">Each request is on record.</param>
internal sealed record AccessRule(string[] Scopes, string[] Roles, bool IsAudited) : IAuthorizationRequirement;

/// <summary>How endpoints say what they ask for. One that says nothing is closed to everybody.</summary>
internal static class AccessRules
{
    /// <summary>Whoever has a role may.</summary>
    public static readonly string[] Everybody = [.. UserRoles.All];

    /// <summary>A key with the scope may, and a person with one of the roles.</summary>
    public static T Needs<T>(this T endpoint, string scope, params string[] roles)
        where T : IEndpointConventionBuilder => endpoint.Needs(new AccessRule([scope], roles, IsAudited: false));

    /// <summary>The same, and every request is on record.</summary>
    public static T NeedsOnRecord<T>(this T endpoint, string scope, params string[] roles)
        where T : IEndpointConventionBuilder => endpoint.Needs(new AccessRule([scope], roles, IsAudited: true));

    /// <summary>Whoever meets the rule may.</summary>
    public static T Needs<T>(this T endpoint, AccessRule rule)
        where T : IEndpointConventionBuilder
    {
        endpoint.Add(builder => builder.Require(rule, builder.ApplicationServices));
        return endpoint;
    }

    /// <summary>The same, of one endpoint among those of a convention.</summary>
    public static void Require(this EndpointBuilder builder, AccessRule rule, IServiceProvider services)
    {
        builder.Metadata.Add(rule);
        if (!services.GetRequiredService<IOptions<SecurityOptions>>().Value.Required) return;
        builder.Metadata.Add(new AuthorizeAttribute());
        builder.Metadata.Add(new AuthorizationPolicyBuilder().AddRequirements(rule).Build());
    }

    /// <summary>Whoever asks may, without credentials: there is nothing to see, or the endpoint asks for its own.</summary>
    public static T OpenToAll<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint.AllowAnonymous();
}

/// <summary>Decides by what the credentials say.</summary>
internal sealed class AccessHandler : AuthorizationHandler<AccessRule>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, AccessRule requirement)
    {
        var http = (HttpContext)context.Resource!;
        if (Array.Exists(requirement.Roles, context.User.IsInRole) || Array.Exists(requirement.Scopes, scope => HasScope(context.User, scope, http))) context.Succeed(requirement);
        return Task.CompletedTask;
    }

    private static bool HasScope(System.Security.Claims.ClaimsPrincipal who, string scope, HttpContext http)
    {
        if (scope != KeyScopes.Ingest) return who.HasClaim(Identities.Scope, scope);
        return who.HasClaim(Identities.Scope, $"{scope}:{KeyScopes.Any}") || (http.GetRouteValue("source") is string source && who.HasClaim(Identities.Scope, $"{scope}:{source}"));
    }
}

/// <summary>What holds where an endpoint says nothing: nobody may. Where there is no endpoint of ours, whoever has credentials is told what is wrong: 404, 405, 415.</summary>
internal sealed class NoRule : AuthorizationHandler<NoRule>, IAuthorizationRequirement
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, NoRule requirement)
    {
        if (context.User.Identity is { IsAuthenticated: true } && ((HttpContext)context.Resource!).GetEndpoint() is not RouteEndpoint) context.Succeed(requirement);
        return Task.CompletedTask;
    }
}
