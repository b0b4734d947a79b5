using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CityPerception.Configuration;
using CityPerception.Hosting;
using CityPerception.Storage.Rollups;
using CityPerception.Upkeep;
using Microsoft.AspNetCore.Http.Extensions;

namespace CityPerception.Cli;

/// <summary>The work of <c>rollup</c> and <c>retention</c>.</summary>
internal static partial class Work
{
    public static async Task<int> RollupAsync(ServeArguments arguments, IReadOnlyDictionary<string, string?> given, CancellationToken cancellationToken)
    {
        var query = new QueryBuilder(given.Where(static g => g.Value is not null).Select(static g => KeyValuePair.Create(g.Key, g.Value!)));
        var request = new WorkRequest(UpkeepEndpoints.RollupPath + query, "The server ended, or was lost, before all was computed; give the command again. 服务中断，请重新执行。");
        WorkReply<RollupAnswer> reply = await OnStoreAsync(arguments, "rollup 汇总", request, UpkeepJson.Default.RollupEvent, static e => e.Progress, async (parts, current, say) =>
            RollupQuery.Read(given, current.Plan, TimeProvider.System.GetUtcNow(), out RollupRequest wanted) is { } fault
                ? new WorkReply<RollupAnswer>(null, [fault], IsBadUsage: true)
                : new WorkReply<RollupAnswer>(await parts.GetRequiredService<UpkeepWork>().RollupAsync(wanted, current.Plan, say, cancellationToken), []), cancellationToken);
        if (reply.Result is not { } result) return Refused(reply);
        string would = result.DryRun ? "would be " : "", wouldZh = result.DryRun ? "将" : "";
        bool isDone = result.Stopped is null;
        string stopped = isDone ? "" : $" Stopped early: {result.Stopped}. The same command does the rest. 提前停止，重新执行可继续。";
        Terminal.Out.Verdict(isDone, Terminal.Escape(string.Create(CultureInfo.InvariantCulture,
            $"{Time(result.From)} to {Time(result.To)}: {result.Computed} views computed, {result.Written} {would}written, {result.Restated} {would}restated.{stopped} 共计算 {result.Computed} 个视图，{wouldZh}新增 {result.Written} 个，{wouldZh}修订 {result.Restated} 个。")));
        return isDone ? ExitCode.Ok : ExitCode.Failed;
    }

    public static async Task<int> RetainAsync(ServeArguments arguments, bool dryRun, bool asJson, CancellationToken cancellationToken)
    {
        var request = new WorkRequest($"{UpkeepEndpoints.RetentionPath}?dryRun={(dryRun ? "true" : "false")}", "The server ended, or was lost, before all was deleted; give the command again. 服务中断，请重新执行。");
        WorkReply<RetentionAnswer> reply = await OnStoreAsync(arguments, "retention 清理", request, UpkeepJson.Default.RetentionEvent, static e => e.Progress, async (parts, current, say) =>
            await parts.GetRequiredService<UpkeepWork>().RetainAsync(current.Plan, dryRun, say, cancellationToken) is { } answer
                ? new WorkReply<RetentionAnswer>(answer, [])
                : new WorkReply<RetentionAnswer>(null, [UpkeepEndpoints.UnderWay]), cancellationToken);
        if (reply.Result is not { } result) return Refused(reply);
        if (asJson) Terminal.Out.Line(JsonSerializer.Serialize(result, UpkeepJson.Plain.RetentionAnswer));
        else Print(result);
        return result.Stopped is null && result.StoreDeletes ? ExitCode.Ok : ExitCode.Failed;
    }

    private static void Print(RetentionAnswer result)
    {
        if (result.Shares.Count > 0)
        {
            Terminal.Out.Table(
                ["kept as 类别", "measurement 测量", "window 窗口", "points 点数", "first 最早", "last 最晚", "before 截止"],
                [.. result.Shares.Select(s => (string[])[s.Kind, s.Measurement, s.Window ?? "", s.Points.ToString(CultureInfo.InvariantCulture), Time(s.First), Time(s.Last), Time(s.Before)])]);
        }

        if (result.Photos is { } photos && photos.Ended + photos.Unsent > 0)
            Terminal.Out.Line(string.Create(CultureInfo.InvariantCulture, $"Photos 照片: {photos.Ended} of ended cases 已结案件, {photos.Unsent} that no report came for 未上报; {photos.Bytes} bytes 字节"));
        if (result.HeldBack is { } why) Terminal.Error.Line($"Observations are kept longer than city.yaml wants: {Terminal.Escape(why)}. 部分观测暂不清理。");
        if (!result.StoreDeletes) Terminal.Error.Verdict(false, "InfluxDB 3 Core does not delete points: give its database a retention period. 该存储不支持删除，请设置数据库保留期。");
        string verb = result.DryRun || !result.StoreDeletes ? "would go 将被清理" : "are deleted 已清理";
        string stopped = result.Stopped is { } reason ? $" Stopped early: {reason}. The same command does the rest. 提前停止，重新执行可继续。" : "";
        Terminal.Out.Verdict(result.Stopped is null, Terminal.Escape(string.Create(CultureInfo.InvariantCulture,
            $"{result.Shares.Sum(static s => s.Points)} points and {result.Cases} closed cases {verb}; observations are kept from {Time(result.Kept)} on.{stopped}")));
    }

    // By the server if one has the store, else here; with a bar.
    private static async Task<WorkReply<TResult>> OnStoreAsync<TEvent, TResult>(
        ServeArguments arguments, string what, WorkRequest request, JsonTypeInfo<TEvent> json, Func<TEvent, WorkProgress?> progressOf,
        Func<IServiceProvider, CurrentPlan, Func<TEvent, ValueTask>, Task<WorkReply<TResult>>> here, CancellationToken cancellationToken)
        where TEvent : IWorkEvent<TResult>
        where TResult : class
    {
        try
        {
            return await Terminal.Error.WithProgressAsync(what, TimeProvider.System, async show =>
            {
                ValueTask Say(TEvent happened)
                {
                    if (progressOf(happened) is { } progress) show(progress.Done, progress.Text);
                    return ValueTask.CompletedTask;
                }

                return await StoreWork.TryServerAsync<TEvent, TResult>(arguments.DataDirectory, request, json, Say, cancellationToken)
                    ?? await StoreWork.HereAsync<TResult>(arguments, static services => services.AddUpkeepAlone(), (parts, current) => here(parts, current, Say), cancellationToken);
            });
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new WorkReply<TResult>(null, ["Stopped; what is done stays, and the same command does the rest. 已停止，重新执行可继续。"]);
        }
    }

    private static int Refused<TResult>(WorkReply<TResult> reply)
        where TResult : class
    {
        foreach (string fault in reply.Faults) Terminal.Error.Verdict(false, Terminal.Escape(fault));
        return reply.IsBadUsage ? ExitCode.BadUsage : ExitCode.Failed;
    }
}
