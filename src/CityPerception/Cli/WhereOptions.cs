using System.CommandLine;
using System.CommandLine.Parsing;

namespace CityPerception.Cli;

/// <summary>Where the operational database is, and what is done there, for the audit log.</summary>
/// <param name="DataDirectory">The data directory.</param>
/// <param name="Set">What <c>--set</c> sets.</param>
/// <param name="Action">The command: <c>device disable</c>.</param>
/// <param name="Target">Its arguments, which are names; never an option, which may be a secret.</param>
internal sealed record RegistryArguments(string DataDirectory, IReadOnlyList<string> Set, string Action, string Target);

/// <summary>The options of the commands that keep the operational database.</summary>
internal sealed class WhereOptions
{
    private readonly Option<string> _data = SharedOptions.Data();
    private readonly Option<string[]> _set = SharedOptions.Set();

    public void AddTo(Command command)
    {
        command.Add(_data);
        command.Add(_set);
    }

    public RegistryArguments Read(ParseResult parsed) => new(
        parsed.GetRequiredValue(_data),
        parsed.GetValue(_set) ?? [],
        CommandLine.CommandPath(parsed.CommandResult, fromRoot: false),
        string.Join(' ', parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens).Select(t => t.Value)));
}
