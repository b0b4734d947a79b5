namespace CityPerception.Cli;

/// <summary>
/// Where the commands meet the parts that do their work; the only file of this folder that calls into them. A command
/// whose part is not in this build says so and fails.
/// </summary>
internal static class Work
{
    public static Task<int> CheckAsync(string configDirectory, CancellationToken cancellationToken) => Missing("check");

    public static Task<int> TryAsync(TryArguments arguments, CancellationToken cancellationToken) => Missing("try");

    public static Task<int> SimulateAsync(SimulateArguments arguments, CancellationToken cancellationToken) => Missing("simulate");

    public static Task<int> ListDeadLettersAsync(DeadLetterQuery query, CancellationToken cancellationToken) => Missing("deadletters list");

    public static Task<int> ShowDeadLetterAsync(string dataDirectory, string id, CancellationToken cancellationToken) => Missing("deadletters show");

    private static Task<int> Missing(string command)
    {
        Terminal.Error.Verdict(false, $"This build cannot do '{command}' yet. 本构建尚不支持该命令。");
        return Task.FromResult(ExitCode.Failed);
    }
}
