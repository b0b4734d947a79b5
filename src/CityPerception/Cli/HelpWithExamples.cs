using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace CityPerception.Cli;

/// <summary>The usual help, then examples, then what else a command has to say.</summary>
internal sealed class HelpWithExamples((string Line, string Meaning)[] examples, Action<TextWriter>? more = null) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        new HelpAction().Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples 示例:");
        foreach ((string line, string meaning) in examples)
        {
            output.WriteLine("  " + line);
            output.WriteLine("      " + meaning);
        }

        more?.Invoke(output);
        return ExitCode.Ok;
    }
}
