using System.CommandLine;
using CityPerception.Cli;
using CityPerception.Hosting;

namespace CityPerception.Tests.Cli;

public sealed class HelpTests
{
    public static TheoryData<string> Commands => new(Walk(CommandLine.Create(), []).Select(path => string.Join(' ', path)));

    [Theory]
    [MemberData(nameof(Commands))]
    public void Help_OfEachCommand_ListsItsOptionsWithDefaultsAndExamples(string path)
    {
        string[] words = path.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Command command = words.Aggregate((Command)CommandLine.Create(), (parent, name) => parent.Subcommands.Single(c => c.Name == name));
        string help = Help(words);

        foreach (Option option in command.Options.Where(o => o is not VersionOption && o.Name != "--help"))
        {
            string line = help.Split('\n').Single(l => l.TrimStart().StartsWith(option.Name + " ", StringComparison.Ordinal));
            Assert.True(line.Contains("default", StringComparison.Ordinal) || option.Name == "--set", $"no default in: {line}");
            Assert.Contains(line, c => c is >= '\u4e00' and <= '\u9fff');
        }

        foreach (Command sub in command.Subcommands) Assert.Contains($"\n  {sub.Name} ", help, StringComparison.Ordinal);
        Assert.Contains("Examples 示例:\n  ", help, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_OfServe_ListsEverySetting()
    {
        string help = Help(["serve"]);
        Assert.All(SettingCatalog.Default.All, setting => Assert.Contains($"\n  {setting.Key} ", help, StringComparison.Ordinal));
    }

    [Fact]
    public void Commands_OfTheProduct_AreThoseOfTheDesign() => Assert.Equal(
        ["demo", "init", "serve", "check", "try", "score", "simulate", "import", "deadletters", "scan", "cases", "plan", "rollup", "retention", "dashboards", "device", "links", "user", "key", "version"],
        CommandLine.Create().Subcommands.Select(c => c.Name));

    private static string Help(string[] path)
    {
        var output = new StringWriter();
        Assert.Equal(0, CommandLine.Create().Parse([.. path, "--help"]).Invoke(new InvocationConfiguration { Output = output }));
        return output.ToString().ReplaceLineEndings("\n");
    }

    private static IEnumerable<string[]> Walk(Command command, string[] path) =>
        command.Subcommands.SelectMany(sub => Walk(sub, [.. path, sub.Name])).Prepend(path);
}
