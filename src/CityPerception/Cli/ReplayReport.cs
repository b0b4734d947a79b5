using System.Globalization;
using CityPerception.DeadLetters;
using CityPerception.Sources.Http;

namespace CityPerception.Cli;

/// <summary>Prints what a replay does. What a dry run would store is line protocol on the output, the rest comments in it.</summary>
internal sealed class ReplayReport(Terminal output, Terminal notes, bool asJson, bool dryRun)
{
    // Of a thousand letters refused for one reason nobody reads more.
    private const int LettersShown = 20;

    private readonly List<ReplayedLetterView> _refused = [];
    private int _refusedInAll;

    /// <summary>Prints an event, or keeps it for the end.</summary>
    public ValueTask SayAsync(ReplayEvent happened)
    {
        if (asJson)
        {
            if (happened.Letter is not null) output.Line(LetterJson.ToLine(happened));
        }
        else if (happened.Letter is { } letter)
        {
            if (dryRun) PrintPreview(letter);
            else if (_refusedInAll++ < LettersShown) _refused.Add(letter);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Prints the end.</summary>
    /// <param name="reply">How it ended.</param>
    /// <param name="idsAsked">How many letters were asked for by id.</param>
    /// <returns>The exit code.</returns>
    public int Print(ReplayReply reply, int idsAsked)
    {
        foreach (string fault in reply.Faults) notes.Verdict(false, Terminal.Escape(fault));
        if (reply.Result is not { } result) return reply.IsBadUsage ? ExitCode.BadUsage : ExitCode.Failed;

        foreach (ReplayedLetterView letter in _refused) PrintErrors(notes, $"{letter.Id} {Terminal.Escape(letter.Source)}", letter);
        if (_refusedInAll > _refused.Count) notes.Line($"and {_refusedInAll - _refused.Count} more letters: deadletters list. 其余见 list。");
        if (asJson) output.Line(LetterJson.ToLine(new ReplayEvent { Result = result }));
        else notes.Verdict(result.IsComplete, Summary(result));

        int missing = idsAsked - result.Letters;
        if (missing > 0) notes.Verdict(false, $"{missing} of the {idsAsked} ids are not among these letters: mistyped, removed, or replayed already (--again takes those too). {missing} 个编号未找到或已重放。");
        return result.IsComplete && missing <= 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    private void PrintPreview(ReplayedLetterView letter)
    {
        string time = letter.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        output.Line($"# {letter.Id} {time} {Terminal.Escape(letter.Source)} {Terminal.Escape(letter.Topic ?? "")}: {letter.Observations} observations, {letter.Rejected} rejected");
        foreach (string line in letter.Lines ?? []) output.Line(Terminal.Escape(line));
        if (letter.Observations > letter.Lines?.Count) output.Line($"# and {letter.Observations - letter.Lines.Count} more observations");
        PrintErrors(output, "#", letter);
    }

    private static void PrintErrors(Terminal terminal, string head, ReplayedLetterView letter)
    {
        foreach (IngestError error in letter.Errors)
            terminal.Line($"{head} rejected: element {error.Index}: {Terminal.Escape(error.Path)}: {error.Reason}: {Terminal.Escape(error.Detail)}");
    }

    private static string Summary(ReplayResult result)
    {
        string did = result.DryRun ? "would be replayed" : "replayed";
        string text = $"{result.Replayed} of {result.Letters} letters {did}, {result.Observations} observations; {result.Rejected} rejected again";
        if (result.Hopeless > 0) text += $", {result.Hopeless} hopeless (the disk damaged them)";
        if (result.Filtered > 0) text += $", {result.Filtered} elements filtered";
        if (result.Unreadable > 0) text += $", {result.Unreadable} places unreadable";
        text += result.DryRun ? "; nothing changed" : "";
        text += $". 共 {result.Letters} 条，重放 {result.Replayed} 条，仍被拒绝 {result.Rejected} 条。";
        return result.Stopped is null ? text : $"{text} Stopped early: {Terminal.Escape(result.Stopped)}.";
    }
}
