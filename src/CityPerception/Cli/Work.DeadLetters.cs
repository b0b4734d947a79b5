using CityPerception.Core.Mapping;
using CityPerception.DeadLetters;
using CityPerception.Storage.DeadLetters;
using CityPerception.Upkeep;

namespace CityPerception.Cli;

/// <summary>The work of <c>deadletters</c>.</summary>
internal static partial class Work
{
    public static Task<int> ListDeadLettersAsync(string dataDirectory, LetterQuery query, bool asJson, CancellationToken cancellationToken)
    {
        if (query.TryRead(TimeProvider.System.GetUtcNow(), DeadLettersCommand.ListLimit, ReplayRequest.DefaultLimit, out DeadLetterFilter filter) is { } fault) return Task.FromResult(BadUsage(fault));

        DeadLetterPage page = LetterAccess.Reader(dataDirectory).Read(filter, cancellationToken);
        LetterList list = LetterList.Of(page, filter.Limit);
        if (asJson) Terminal.Out.Line(LetterJson.ToText(list, LetterJson.Default.LetterList));
        else DeadLetterReport.PrintList(Terminal.Out, list.Letters, filter.State);
        if (!asJson && list.Next is not null) Terminal.Error.Line($"There may be more: these are the newest {filter.Limit} (--limit). 仅显示最新 {filter.Limit} 条。");
        if (page.Unreadable > 0) Terminal.Error.Verdict(false, $"{page.Unreadable} places on the disk could not be read. 磁盘上有 {page.Unreadable} 处无法读取。");
        return Task.FromResult(ExitCode.Ok);
    }

    public static Task<int> ShowDeadLetterAsync(string dataDirectory, string id, bool raw, bool asJson, CancellationToken cancellationToken)
    {
        DeadLetter? letter = Guid.TryParse(id, out Guid known) ? LetterAccess.Reader(dataDirectory).Find(known, cancellationToken) : null;
        if (letter is null)
        {
            Terminal.Error.Verdict(false, $"There is no dead letter '{Terminal.Escape(id)}' in {dataDirectory}. 没有这条死信。");
            return Task.FromResult(ExitCode.Failed);
        }

        if (raw && letter.MissingKey is { } key)
        {
            Terminal.Error.Verdict(false, $"The letter is encrypted, and its key {key} is not to be had: it was lost, or this user may not read it. 内容已加密，密钥缺失或当前用户无权读取。");
            return Task.FromResult(ExitCode.Failed);
        }

        if (raw && letter.IsPersonal) Terminal.Error.Line("These are words of people as they came, not masked: do not pass them on. 以下为未脱敏的个人信息，请勿外传。");
        LetterDetails details = raw ? LetterDetails.Raw(letter) : LetterDetails.Of(letter);
        if (asJson) Terminal.Out.Line(LetterJson.ToText(details, LetterJson.Default.LetterDetails));
        else DeadLetterReport.PrintOne(Terminal.Out, details);
        return Task.FromResult(ExitCode.Ok);
    }

    public static async Task<int> ReplayDeadLettersAsync(ReplayArguments arguments, CancellationToken cancellationToken)
    {
        ReplayRequest request = arguments.Request;
        if (request.TryRead(TimeProvider.System.GetUtcNow(), out DeadLetterFilter filter) is { } fault) return BadUsage(fault);

        var report = new ReplayReport(Terminal.Out, Terminal.Error, arguments.AsJson, request.DryRun);
        try
        {
            // The letters of a dry run are printed as they come; a bar between them would be in the way.
            ReplayReply reply = request.DryRun || arguments.AsJson
                ? await ReplayAsync(arguments, filter, report.SayAsync, cancellationToken)
                : await Terminal.Error.WithBarAsync("replay 重放", show => ReplayAsync(arguments, filter, happened =>
                {
                    if (happened.Progress is { } progress) show(progress.Done);
                    return report.SayAsync(happened);
                }, cancellationToken));
            return report.Print(reply, request.CountIds());
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Terminal.Error.Verdict(false, "Stopped. What was replayed is marked; the same command goes on with the rest. 已停止，重新执行可继续。");
            return ExitCode.Failed;
        }
    }

    private static async Task<ReplayReply> ReplayAsync(ReplayArguments arguments, DeadLetterFilter filter, Func<ReplayEvent, ValueTask> say, CancellationToken cancellationToken)
    {
        // The server that has the directory open, if one has: it owns the spool, and knows the configuration that counts.
        if (InstanceFile.Read(arguments.DataDirectory) is { } address && await ReplayClient.TryRunAsync(address, arguments.Request, say, cancellationToken) is { } reply) return reply;
        if (!Directory.Exists(arguments.ConfigDirectory)) return new ReplayReply(null, [$"The configuration directory '{arguments.ConfigDirectory}' does not exist. Name it with --config DIR. 配置目录不存在。"], IsBadUsage: true);

        (IngestPlan? plan, CheckReport check) = Load(arguments.ConfigDirectory);
        return plan is null
            ? new ReplayReply(null, [.. check.Faults.Select(f => f.ToString()), $"The configuration has {check.Faults.Count} faults: see cityperception check. 配置有误，请先运行 check。"])
            : await OfflineLetters.ReplayAsync(arguments.DataDirectory, arguments.Set, plan, arguments.Request, filter, say, cancellationToken);
    }

    public static async Task<int> DiscardDeadLettersAsync(string dataDirectory, IReadOnlyList<string> set, DiscardRequest request, bool asJson, CancellationToken cancellationToken)
    {
        if (request.TryRead(TimeProvider.System.GetUtcNow(), out DeadLetterFilter filter) is { } fault) return BadUsage(fault);
        const string ended = "The server ended, or was lost, before all were discarded; give the command again. 服务中断，请重新执行。";
        var asked = new WorkRequest(LetterEndpoints.DiscardPath, ended, () => JsonContent.Create(request, LetterJson.Default.DiscardRequest));
        WorkReply<DiscardResult> reply;
        try
        {
            reply = await Terminal.Error.WithProgressAsync("discard 放弃", TimeProvider.System, async show =>
            {
                ValueTask Say(DiscardEvent happened)
                {
                    if (happened.Progress is { } progress) show(progress.Done, progress.Text);
                    return ValueTask.CompletedTask;
                }

                return await StoreWork.TryServerAsync<DiscardEvent, DiscardResult>(dataDirectory, asked, LetterJson.Default.DiscardEvent, Say, cancellationToken)
                    ?? await OfflineLetters.DiscardAsync(dataDirectory, set, request, filter, Say, cancellationToken);
            });
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            reply = new WorkReply<DiscardResult>(null, ["Stopped; what is discarded stays so, and the same command goes on with the rest. 已停止，重新执行可继续。"]);
        }

        return reply.Result is { } result ? Print(result with { DryRun = request.DryRun }, request.CountIds(), asJson) : Refused(reply);
    }

    private static int Print(DiscardResult result, int idsAsked, bool asJson)
    {
        bool isComplete = result.Stopped is null;
        if (asJson) Terminal.Out.Line(LetterJson.ToText(new DiscardEvent(null, result), LetterJson.Default.DiscardEvent));
        else Terminal.Out.Verdict(isComplete, $"{result.Letters} letters {(result.DryRun ? "would be discarded; nothing changed 将被放弃" : "discarded 已放弃")}.{(isComplete ? "" : $" Stopped early: {Terminal.Escape(result.Stopped!)}.")}");
        int missing = idsAsked - result.Letters;
        if (missing > 0) Terminal.Error.Verdict(false, $"{missing} of the {idsAsked} ids are not among the open letters: mistyped, removed, replayed or discarded already. {missing} 个编号未找到或已处理。");
        return isComplete && missing <= 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    private static int BadUsage(string fault)
    {
        Terminal.Error.Verdict(false, Terminal.Escape(fault));
        return ExitCode.BadUsage;
    }
}
