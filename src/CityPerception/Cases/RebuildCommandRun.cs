using CityPerception.Hosting;
using CityPerception.Storage.Cases;
using CityPerception.Upkeep;

namespace CityPerception.Cases;

/// <summary>A rebuild by the server of a data directory, which has the store open; or by the command itself where none runs.</summary>
internal static class RebuildCommandRun
{
    private static readonly WorkRequest Request = new(
        CaseEndpoints.RebuildPath, "The server ended, or was lost, before the rebuild was done; the cases are those from before. 服务中断，案件状态保持不变。");

    public static async Task<WorkReply<RebuildResult>> RunAsync(ServeArguments arguments, Func<RebuildEvent, ValueTask> say, CancellationToken cancellationToken) =>
        await StoreWork.TryServerAsync<RebuildEvent, RebuildResult>(arguments.DataDirectory, Request, CaseViewJson.Default.RebuildEvent, say, cancellationToken)
        ?? await StoreWork.HereAsync<RebuildResult>(arguments, static services => services.AddCases(Roles.Dispatch), async (parts, current) =>
        {
            RebuildResult? result = await RebuildEndpoint.RunAsync(parts.GetRequiredService<CaseRebuild>(), current, TimeProvider.System, say, cancellationToken);
            return result is null ? new WorkReply<RebuildResult>(null, [RebuildEndpoint.UnderWay]) : new WorkReply<RebuildResult>(result, []);
        }, cancellationToken);
}
