using System.CommandLine;
using CityPerception.Hosting;

namespace CityPerception.Cli;

/// <summary><c>demo</c>: <c>serve</c> with a simulated city that sends over the real protocols.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        Option<string> config = SharedOptions.Config(), data = SharedOptions.Data();
        Option<double> rate = SharedOptions.Rate(150);
        Option<string[]> set = SharedOptions.Set();
        var command = new Command("demo", "Runs the server with a simulated city; needs nothing else. 一条命令体验：服务加模拟城市") { rate, config, data, set };
        command.WithExamples(SettingsHelp.Write,
            ("cityperception demo", "then open http://127.0.0.1:8080 · 启动后打开浏览器"),
            ("cityperception demo --rate 500", "a busier city · 更繁忙的城市"));
        command.SetAction((parsed, cancellationToken) => ServerHost.RunAsync(
            new ServeArguments
            {
                ConfigDirectory = parsed.GetRequiredValue(config),
                DataDirectory = parsed.GetRequiredValue(data),
                Set = parsed.GetValue(set) ?? [],
                Demo = new DemoArguments(parsed.GetValue(rate)),
            },
            Terminal.Out, Terminal.Error, cancellationToken));
        return command;
    }
}
