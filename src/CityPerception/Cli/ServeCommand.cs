using System.CommandLine;
using CityPerception.Hosting;

namespace CityPerception.Cli;

/// <summary><c>serve</c>: runs the server.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        Option<string> config = SharedOptions.Config(), data = SharedOptions.Data();
        Option<string> roles = SharedOptions.Roles();
        Option<string[]> set = SharedOptions.Set();
        var command = new Command("serve", "Runs the server; prints what listens where, and one line when ready. 启动服务") { config, data, roles, set };
        command.WithExamples(SettingsHelp.Write,
            ("cityperception serve", "with ./ingest-configs and ./data, on 127.0.0.1 · 使用默认目录启动"),
            ("cityperception serve --set Http:Url=http://127.0.0.1:9000 --set Mqtt:Port=1884", "on other ports · 更换端口"));
        command.SetAction((parsed, cancellationToken) =>
        {
            _ = RoleNames.Parse(parsed.GetRequiredValue(roles), out Roles chosen); // valid, or the action would not run
            var arguments = new ServeArguments
            {
                ConfigDirectory = parsed.GetRequiredValue(config),
                DataDirectory = parsed.GetRequiredValue(data),
                Roles = chosen,
                Set = parsed.GetValue(set) ?? [],
            };
            return ServerHost.RunAsync(arguments, Terminal.Out, Terminal.Error, cancellationToken);
        });
        return command;
    }
}
