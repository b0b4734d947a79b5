using CityPerception.Core.Mapping;
using CityPerception.Dashboards;

namespace CityPerception.Cli;

/// <summary>Grafana's files.</summary>
internal static partial class Work
{
    public static int Dashboards(DashboardsArguments arguments)
    {
        (IngestPlan? plan, CheckReport check) = Load(arguments.ConfigDirectory);
        if (plan is null) return CheckReport.Print(Terminal.Error, check);
        SortedDictionary<string, string> files = DashboardFiles.Make(plan);
        string folder = Path.Combine(arguments.Out, DashboardFiles.Folder);
        // A channel that is gone takes its dashboard with it; the folder holds nothing else.
        string[] stale = [.. (Directory.Exists(folder) ? Directory.GetFiles(folder, "*.json") : []).Select(f => $"{DashboardFiles.Folder}/{Path.GetFileName(f)}").Where(f => !files.ContainsKey(f)).Order(StringComparer.Ordinal)];
        return arguments.ChecksOnly ? Compare(arguments.Out, files, stale) : Write(arguments.Out, files, stale);
    }

    private static int Compare(string directory, SortedDictionary<string, string> files, string[] stale)
    {
        string[] differing = [.. files.Where(f => !IsWritten(Path.Combine(directory, f.Key), f.Value)).Select(f => f.Key), .. stale];
        foreach (string file in differing) Terminal.Error.Line($"{Path.Combine(directory, file)} is not what the channels make of it. 与通道定义不一致");
        if (differing.Length == 0) Terminal.Out.Verdict(true, $"{files.Count} files are as the channels have them. 文件均一致。");
        else Terminal.Error.Verdict(false, "Run 'cityperception dashboards'. 请重新生成。");
        return differing.Length == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    private static int Write(string directory, SortedDictionary<string, string> files, string[] stale)
    {
        try
        {
            foreach ((string path, string text) in files)
            {
                string file = Path.Combine(directory, path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllText(file, text);
            }

            foreach (string path in stale) File.Delete(Path.Combine(directory, path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Terminal.Error.Verdict(false, $"The files cannot be written: {e.Message} 无法写入文件。");
            return ExitCode.Failed;
        }

        Terminal.Out.Verdict(true, $"{files.Count} files in {directory} 已写入");
        return ExitCode.Ok;
    }

    private static bool IsWritten(string file, string text) => File.Exists(file) && File.ReadAllText(file) == text;
}
