using CityPerception.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.Sources;

namespace CityPerception.Cli;

/// <summary>Where the commands meet the parts that do their work; nothing else of this folder calls into them.</summary>
internal static partial class Work
{
    public static Task<int> CheckAsync(string configDirectory)
    {
        (_, CheckReport report) = Load(configDirectory);
        return Task.FromResult(CheckReport.Print(report.Faults.Count == 0 ? Terminal.Out : Terminal.Error, report));
    }

    public static Task<int> TryAsync(TryArguments arguments)
    {
        (IngestPlan? plan, CheckReport check) = Load(arguments.ConfigDirectory);
        if (plan is null) return Task.FromResult(CheckReport.Print(Terminal.Error, check));
        if (!plan.Sources.TryGetValue(arguments.Source, out CompiledSource? source))
        {
            Terminal.Error.Verdict(false, $"No source is named '{arguments.Source}'{Hints.DidYouMean(arguments.Source, plan.Sources.Keys)} 没有这个数据源。");
            return Task.FromResult(ExitCode.BadUsage);
        }

        return Task.FromResult(TryReport.Print(Terminal.Out, Terminal.Error, Trial.Of(plan, source, arguments.Payload, arguments.Topic ?? "", TimeProvider.System)));
    }

    private static (IngestPlan? Plan, CheckReport Report) Load(string directory)
    {
        LoadedConfig loaded = ConfigDirectory.Load(directory);
        return (loaded.Plan, new CheckReport(loaded.Files, loaded.Faults));
    }
}
