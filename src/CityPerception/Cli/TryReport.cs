using CityPerception.Core.Observations;
using CityPerception.Observability;
using CityPerception.Sources;

namespace CityPerception.Cli;

/// <summary>Says what a sample became.</summary>
internal static class TryReport
{
    /// <summary>Lines go to <paramref name="output"/> alone, so that they can be piped on; the rest to <paramref name="notes"/>.</summary>
    public static int Print(Terminal output, Terminal notes, Trial report)
    {
        foreach (string line in report.Lines) output.Line(Terminal.Escape(line));
        foreach (Rejection rejection in report.Rejections)
        {
            notes.Verdict(false, $"rejected: element {rejection.Index}: {Terminal.Escape(rejection.Path)}: "
                + $"{IngestMetrics.ReasonNames[rejection.Reason]}: {Terminal.Escape(rejection.Detail)}");
        }

        notes.Verdict(report.Rejections.Count == 0, $"{report.Lines.Count} accepted, {report.Rejections.Count} rejected, {report.Filtered} filtered; nothing stored. "
            + $"接受 {report.Lines.Count}，拒绝 {report.Rejections.Count}，过滤 {report.Filtered}；未存储。");
        return report.Rejections.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
    }
}
