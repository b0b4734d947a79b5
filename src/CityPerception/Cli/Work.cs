using CityPerception.Hosting;

namespace CityPerception.Cli;

/// <summary>
/// Where the commands meet the parts that do their work; the only file of this folder that calls into them. A command
/// whose part is not in this build says so and fails.
/// </summary>
internal static class Work
{
    /// <summary>The server with <see cref="ServeArguments.Demo"/>, once the simulated city is one of its parts.</summary>
    public static Task<int> DemoAsync(ServeArguments arguments, CancellationToken cancellationToken) => Missing("demo");

    /// <summary>To end in <see cref="CheckReport.Print"/>.</summary>
    public static Task<int> CheckAsync(string configDirectory, CancellationToken cancellationToken) => Missing("check");

    /// <summary>To end in <see cref="TryReport.Print"/>.</summary>
    public static Task<int> TryAsync(TryArguments arguments, CancellationToken cancellationToken) => Missing("try");

    public static Task<int> SimulateAsync(SimulateArguments arguments, CancellationToken cancellationToken) => Missing("simulate");

    /// <summary>To end in <see cref="DeadLetterReport.PrintList"/>.</summary>
    public static Task<int> ListDeadLettersAsync(DeadLetterQuery query, CancellationToken cancellationToken) => Missing("deadletters list");

    /// <summary>To end in <see cref="DeadLetterReport.PrintOne"/>.</summary>
    public static Task<int> ShowDeadLetterAsync(string dataDirectory, string id, CancellationToken cancellationToken) => Missing("deadletters show");

    private static Task<int> Missing(string command)
    {
        Terminal.Error.Verdict(false, $"This build cannot do '{command}' yet. 本构建尚不支持该命令。");
        return Task.FromResult(ExitCode.Failed);
    }
}
