using System.CommandLine;
using System.CommandLine.Invocation;

namespace CityPerception.Cli;

/// <summary>
/// What a command does, so that it can be told to stop from its first moment on. The command line knows of a command's
/// task only once it is given back: a signal that came while the command ran without a pause would end the process there
/// and then, with nothing cleaned up.
/// </summary>
internal sealed class StoppableAction(AsynchronousCommandLineAction action) : AsynchronousCommandLineAction
{
    /// <summary>Makes all commands under this one stoppable.</summary>
    public static void Wrap(Command command)
    {
        if (command.Action is AsynchronousCommandLineAction own) command.Action = new StoppableAction(own);
        foreach (Command child in command.Subcommands) Wrap(child);
    }

    public override async Task<int> InvokeAsync(ParseResult parseResult, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        try
        {
            return await action.InvokeAsync(parseResult, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Terminal.Error.Verdict(false, "Stopped before it was done. 已按要求停止，尚未完成。");
            return ExitCode.Failed;
        }
    }
}
