using System.CommandLine;

namespace CityPerception.Cli;

/// <summary>Where Grafana's files go.</summary>
/// <param name="ConfigDirectory">Where the channels are.</param>
/// <param name="Out">The directory of the files.</param>
/// <param name="ChecksOnly">Whether they are compared and not written.</param>
internal sealed record DashboardsArguments(string ConfigDirectory, string Out, bool ChecksOnly);

/// <summary><c>dashboards</c>: Grafana's provisioning and dashboards, from the channels.</summary>
internal static class DashboardsCommand
{
    public static Command Create()
    {
        Option<string> config = SharedOptions.Config();
        var directory = new Option<string>("--out") { HelpName = "DIR", Description = "Directory of the files. 输出目录", DefaultValueFactory = _ => "dashboards" };
        var check = new Option<bool>("--check") { Description = "Only compares: exit code 1 if the files are not what would be written (false by default). 只比较，不写入" };
        var command = new Command("dashboards", "Writes Grafana's data source, folder and dashboards from the channels. 由通道定义生成 Grafana 仪表盘") { config, directory, check };
        command.WithExamples(
            ("cityperception dashboards", "writes ./dashboards · 写入默认目录"),
            ("cityperception dashboards --check", "exit code 1 if they have drifted · 与通道定义不一致时退出码为 1"));
        command.SetAction(parsed => Work.Dashboards(new DashboardsArguments(parsed.GetRequiredValue(config), parsed.GetRequiredValue(directory), parsed.GetValue(check))));
        return command;
    }
}
