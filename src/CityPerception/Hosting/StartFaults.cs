using CityPerception.Cli;
using Microsoft.Extensions.Options;

namespace CityPerception.Hosting;

/// <summary>Says why the server does not start: every fault, in words, without a stack trace.</summary>
internal static class StartFaults
{
    /// <summary>What the options' own validation finds, after their values could be read.</summary>
    public static IReadOnlyList<string> OfOptions(IServiceProvider services)
    {
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (OptionsValidationException e)
        {
            return [.. e.Failures];
        }
        catch (AggregateException e) when (e.InnerExceptions.All(inner => inner is OptionsValidationException))
        {
            return [.. e.InnerExceptions.Cast<OptionsValidationException>().SelectMany(inner => inner.Failures)];
        }
    }

    public static int Print(Terminal terminal, int exitCode, IReadOnlyList<string> faults)
    {
        terminal.Verdict(false, faults.Count == 1 ? "CityPerception does not start: 未能启动：" : $"CityPerception does not start, {faults.Count} faults: 未能启动，共 {faults.Count} 处错误：");
        foreach (string fault in faults) terminal.Line("  - " + fault);
        return exitCode;
    }
}
