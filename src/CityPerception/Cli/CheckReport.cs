using CityPerception.Core.Configuration;

namespace CityPerception.Cli;

/// <summary>What <c>check</c> found.</summary>
/// <param name="Files">How many files were read.</param>
/// <param name="Faults">Everything wrong with them.</param>
internal sealed record CheckReport(int Files, IReadOnlyList<ConfigFault> Faults)
{
    /// <summary>
    /// Prints it. Each fault begins with <c>file:line:column</c> at the start of a line, which editors and terminals turn
    /// into a link.
    /// </summary>
    public static int Print(Terminal terminal, CheckReport report)
    {
        var byFile = report.Faults.GroupBy(f => f.Place.File).OrderBy(g => g.Key, StringComparer.Ordinal).ToList();
        foreach (ConfigFault fault in byFile.SelectMany(g => g.OrderBy(f => f.Place.Line).ThenBy(f => f.Place.Column)))
        {
            terminal.Line($"{fault.Place}: {Terminal.Escape(fault.Key)}");
            terminal.Line($"    found      {Terminal.Escape(fault.Found)}");
            terminal.Line($"    allowed    {Terminal.Escape(fault.Allowed)}");
            if (fault.Suggestion is { } suggestion) terminal.Line($"    perhaps    {Terminal.Escape(suggestion)}");
        }

        if (report.Faults.Count == 0)
        {
            terminal.Verdict(true, $"{Count(report.Files, "file")}, no faults. 共 {report.Files} 个文件，没有错误。");
            return ExitCode.Ok;
        }

        terminal.Verdict(false, $"{Count(report.Faults.Count, "fault")} in {Count(byFile.Count, "file")} of {report.Files}. "
            + $"{report.Files} 个文件中有 {byFile.Count} 个共 {report.Faults.Count} 处错误。");
        return ExitCode.Failed;
    }

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
}
