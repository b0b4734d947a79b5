using System.CommandLine;
using System.Globalization;

namespace CityPerception.Cli;

/// <summary>What a simulated city sends, and where to.</summary>
internal sealed record SimulateArguments
{
    /// <summary>The broker as HOST:PORT; null sends nothing over MQTT.</summary>
    public string? Mqtt { get; init; }

    /// <summary>The server's address; null sends nothing over HTTP.</summary>
    public Uri? Http { get; init; }

    /// <summary>At most so many of the devices that the configuration's tables list.</summary>
    public int Devices { get; init; }

    /// <summary>Messages a second, all senders together.</summary>
    public double Rate { get; init; }

    /// <summary>How long; null until it is stopped.</summary>
    public TimeSpan? For { get; init; }

    /// <summary>MQTT connections that the devices share.</summary>
    public int Connections { get; init; }

    /// <summary>The same seed gives the same city.</summary>
    public int Seed { get; init; }

    /// <summary>Sends none of the faults that real cities have.</summary>
    public bool Clean { get; init; }

    public required string ConfigDirectory { get; init; }
}

/// <summary><c>simulate</c>: a city, as an outside client. Under it <c>load</c> and <c>verify</c>.</summary>
internal static class SimulateCommand
{
    private const string None = "none";

    public static Command Create()
    {
        Option<string> mqtt = SharedOptions.Checked("--mqtt", "HOST:PORT|none", "127.0.0.1:1883", "The broker. MQTT 服务器", IsBroker, "HOST:PORT, or none");
        Option<string> http = SharedOptions.Checked("--http", "URL|none", "http://127.0.0.1:8080", "The server. HTTP 服务地址", IsUrl, "an address such as http://127.0.0.1:8080, or none");
        Option<int> devices = SharedOptions.Whole("--devices", 1000, 1, 1_000_000, "At most so many devices of those in the configuration's tables. 设备数上限");
        Option<double> rate = SharedOptions.Rate(150);
        Option<string> duration = SharedOptions.Duration();
        Option<int> connections = SharedOptions.Whole("--connections", 4, 1, 64, "MQTT connections that the devices share. MQTT 连接数");
        Option<int> seed = SharedOptions.Whole("--seed", 140400, 0, int.MaxValue, "The same seed gives the same city. 随机种子");
        var clean = new Option<bool>("--clean") { Description = "Without the faults that real cities have (false by default). 不含异常数据" };
        Option<string> config = SharedOptions.Config();

        var command = new Command("simulate", "A simulated city, as an outside client; under it a load generator and its ledger. 模拟城市与负载")
        {
            devices, rate, duration, mqtt, http, connections, seed, clean, config, LoadCommand.Create(), VerifyCommand.Create(),
        };
        command.WithExamples(
            ("cityperception simulate --rate 500 --duration 00:01:00", "a minute of a busy city · 一分钟繁忙城市"),
            ("cityperception simulate --mqtt broker:1883 --http none --clean", "telemetry only, without faults · 仅遥测且无异常"),
            ("cityperception simulate load --help", "as fast as a server can, with figures · 压测，输出指标"));
        command.SetAction((parsed, cancellationToken) => Work.SimulateAsync(
            new SimulateArguments
            {
                Mqtt = parsed.GetRequiredValue(mqtt) is var broker && broker != None ? broker : null,
                Http = parsed.GetRequiredValue(http) is var url && url != None ? new Uri(url) : null,
                Devices = parsed.GetValue(devices),
                Rate = parsed.GetValue(rate),
                For = SharedOptions.Duration(parsed.GetRequiredValue(duration)),
                Connections = parsed.GetValue(connections),
                Seed = parsed.GetValue(seed),
                Clean = parsed.GetValue(clean),
                ConfigDirectory = parsed.GetRequiredValue(config),
            },
            cancellationToken));
        return command;
    }

    private static bool IsBroker(string text)
    {
        int colon = text.LastIndexOf(':');
        return text == None
            || (colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= 65535);
    }

    private static bool IsUrl(string text) => text == None || (Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https");
}
