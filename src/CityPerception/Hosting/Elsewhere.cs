using CityPerception.Access;
using CityPerception.Core.Configuration;
using CityPerception.Storage.Operations.Access;

namespace CityPerception.Hosting;

/// <summary>What a page of this process asks for and another process has: it is answered with where it is, and not with nothing.</summary>
internal static class Elsewhere
{
    /// <summary>Answers for a part of the API that this process has not the roles for.</summary>
    /// <param name="endpoints">Of the process.</param>
    /// <param name="path">All below it.</param>
    /// <param name="needed">The roles that the part needs.</param>
    /// <param name="running">The roles of the process.</param>
    public static void MapElsewhere(this IEndpointRouteBuilder endpoints, string path, Roles needed, Roles running)
    {
        (string zh, string en) = Explain(needed, running);
        endpoints.Map(path + "/{**rest}", () => Results.Problem($"{en} {zh}", statusCode: StatusCodes.Status501NotImplemented)).Needs(KeyScopes.Read, AccessRules.Everybody).ExcludeFromDescription();
    }

    /// <summary>Why it is not here, in both languages.</summary>
    public static Names Explain(Roles needed, Roles running)
    {
        string need = RoleNames.Format(needed), run = RoleNames.Format(running);
        return new Names($"本进程的角色为 {run}，不含 {need}：请打开具有该角色的进程的同一地址。", $"This process runs as {run} and not as {need}: open the same address at the process that does.");
    }
}
