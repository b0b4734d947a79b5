using System.CommandLine;
using CityPerception.Hosting;

namespace CityPerception.Cli;

/// <summary><c>demo</c>: <c>serve</c> with a simulated city that sends over the real protocols.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        Option<string> config = SharedOptions.Config(), data = SharedOptions.Data();
        Option<int> devices = SharedOptions.Whole("--devices", 200, 1, 100_000, "How many simulated devices. 模拟设备数");
        Option<int> rate = SharedOptions.Whole("--rate", 50, 1, 100_000, "Messages a second, all devices together. 每秒消息总数");
        Option<string[]> set = SharedOptions.Set();
        var command = new Command("demo", "Runs the server with a simulated city; needs nothing else. 一条命令体验：服务加模拟城市") { devices, rate, config, data, set };
        command.WithExamples(SettingsHelp.Write,
            ("cityperception demo", "then open http://127.0.0.1:8080 · 启动后打开浏览器"),
            ("cityperception demo --devices 2000 --rate 500", "a larger city · 更大的城市"));
        command.SetAction((parsed, cancellationToken) => ServerHost.RunAsync(
            new ServeArguments
            {
                ConfigDirectory = parsed.GetRequiredValue(config),
                DataDirectory = parsed.GetRequiredValue(data),
                Set = parsed.GetValue(set) ?? [],
                Demo = new DemoArguments(parsed.GetValue(devices), parsed.GetValue(rate)),
            },
            Terminal.Out, Terminal.Error, cancellationToken));
        return command;
    }
}
