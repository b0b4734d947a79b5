using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace CityPerception.Cli;

/// <summary>The command line: one file a command.</summary>
internal static class CommandLine
{
    public static RootCommand Create()
    {
        var root = new RootCommand("双感八通 CityPerception: what a city's people report and its sensors measure, as one stream. 把人感与物感汇成一路数据。")
        {
            DemoCommand.Create(),
            InitCommand.Create(),
            ServeCommand.Create(),
            CheckCommand.Create(),
            TryCommand.Create(),
            ScoreCommand.Create(),
            SimulateCommand.Create(),
            ImportCommand.Create(),
            DeadLettersCommand.Create(),
            ScanCommand.Create(),
            CasesCommand.Create(),
            PlanCommand.Create(),
            RollupCommand.Create(),
            RetentionCommand.Create(),
            DashboardsCommand.Create(),
            DeviceCommand.Create(),
            LinksCommand.Create(),
            UserCommand.Create(),
            KeyCommand.Create(),
            VersionCommand.Create(),
        };
        root.WithExamples(
            ("cityperception demo", "a server with a simulated city; open http://127.0.0.1:8080 · 一条命令体验"),
            ("cityperception serve --config ingest-configs", "the server · 启动服务"),
            ("cityperception COMMAND --help", "all about one command · 查看命令说明"));
        root.SetAction(parsed =>
        {
            ((HelpWithExamples)root.Options.OfType<HelpOption>().Single().Action!).Invoke(parsed);
            return ExitCode.BadUsage;
        });
        StoppableAction.Wrap(root);
        return root;
    }

    public static async Task<int> RunAsync(string[] args)
    {
        ParseResult parsed = Create().Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is ParseErrorAction)
        {
            foreach (ParseError error in parsed.Errors) Terminal.Error.Verdict(false, error.Message);
            if (parsed.UnmatchedTokens is [{ } unknown, ..] && Hints.Nearest(unknown, parsed.CommandResult.Command) is { } near)
                Terminal.Error.Line($"Did you mean '{near}'? 您是否想输入 '{near}'？");
            Terminal.Error.Line($"See '{CommandPath(parsed.CommandResult)} --help' · 查看用法");
            return ExitCode.BadUsage;
        }

        // The host and the commands stop by their token within 10 s; after 15 something hangs.
        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(15) });
    }

    /// <summary>Puts examples under a command's help.</summary>
    public static void WithExamples(this Command command, params (string Line, string Meaning)[] examples) => command.WithExamples(null, examples);

    /// <summary>Puts examples under a command's help, and more under them.</summary>
    public static void WithExamples(this Command command, Action<TextWriter>? more, params (string Line, string Meaning)[] examples)
    {
        var help = command.Options.OfType<HelpOption>().FirstOrDefault();
        if (help is null) command.Add(help = new HelpOption());
        help.Action = new HelpWithExamples(examples, more);
    }

    /// <summary>A command by its name and those above it: <c>cityperception device add</c>.</summary>
    public static string CommandPath(SymbolResult? result, bool fromRoot = true)
    {
        var names = new Stack<string>();
        for (; result is not null; result = result.Parent)
        {
            if (result is not CommandResult command) continue;
            if (command.Command is not RootCommand) names.Push(command.Command.Name);
            else if (fromRoot) names.Push("cityperception");
        }

        return string.Join(' ', names);
    }
}
