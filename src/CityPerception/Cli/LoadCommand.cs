using System.CommandLine;
using CityPerception.Simulation.Load;
using MQTTnet.Formatter;

namespace CityPerception.Cli;

/// <summary>What the command line says about a load.</summary>
/// <param name="Options">The load itself.</param>
/// <param name="Client">Who the client is, and whom it believes.</param>
/// <param name="IsJson">The sums as one JSON object.</param>
internal sealed record LoadArguments(LoadOptions Options, ClientFiles Client, bool IsJson);

/// <summary><c>simulate load</c>: as much as a server takes, or at a fixed rate, with latencies and a ledger.</summary>
internal static class LoadCommand
{
    private const string V311 = "3.1.1", V5 = "5";

    public static Command Create()
    {
        Option<string[]> target = Target();
        Option<double> rate = SharedOptions.Rate(0, least: 0, "Messages a second in all; 0 for as many as the windows let through. 每秒消息总数，0 为不限");
        Option<string> duration = SharedOptions.Duration();
        Option<long?> messages = Messages();
        Option<int> devices = SharedOptions.Whole("--devices", 1000, 1, 9_999_999, "Devices, dealt out to the connections. 设备数");
        Option<int> connections = SharedOptions.Whole("--connections", 8, 1, 60_000, "Connections, dealt out to the targets. 连接数");
        Option<int> window = SharedOptions.Whole("--window", 1000, 1, 65_535, "Unacknowledged messages on an MQTT connection; HTTP has one request. 未应答窗口");
        Option<int> qos = SharedOptions.Whole("--qos", 1, 0, 2, "MQTT quality of service. MQTT 服务质量");
        Option<string> mqtt = SharedOptions.Checked("--mqtt", "3.1.1|5", V311, "MQTT version. MQTT 版本", v => v is V311 or V5, "3.1.1 or 5");
        Option<int> batch = SharedOptions.Whole("--batch", 1000, 1, 10_000, "Lines of a request to /write. 每次写入的行数");
        Option<int> badEvery = SharedOptions.Whole("--bad-every", 0, 0, 1_000_000, "One message in N is bad and becomes a dead letter; 0 for none. 每 N 条含一条坏数据");
        var ledger = new Option<string?>("--ledger") { HelpName = "FILE", Description = "A new file for what was sent and acknowledged (none by default). 账本文件" };
        var client = new ClientOptions();
        var json = new Option<bool>("--json") { Description = "The sums as one JSON object (a table by default). 以 JSON 输出" };

        var command = new Command("load", "Load on a server: rate, window, latency percentiles, a ledger. Survives a server that is killed. 压力测试")
        {
            target, rate, duration, messages, devices, connections, window, qos, mqtt, batch, badEvery, ledger, json,
        };
        client.AddTo(command);
        command.WithExamples(
            ("cityperception simulate load --duration 00:00:30", "as fast as this machine's server takes it · 本机极限压测"),
            ("cityperception simulate load --rate 20000 --duration 00:01:00", "latency at 20,000 msg/s · 固定速率下的时延"),
            ("cityperception simulate load --connections 1 --window 1 --messages 1000", "a lone message's latency · 单条消息时延"),
            ("cityperception simulate load --target http://127.0.0.1:8080/write --batch 5000 --connections 2", "line protocol · 行协议批量写入"),
            ("cityperception simulate load --target mqtts://city.example --user city --password-file load.password", "a server that asks for credentials, by one device whose id, city, is in every topic · 需要凭据的服务器"),
            ("cityperception simulate load --target https://city.example --api-key-file load.key", "the same by HTTP; a key with the scope ingest:air-station, for /write write · 使用 API 密钥"),
            ("cityperception simulate load --ledger run.ledger --messages 100000", "then: simulate verify run.ledger · 记账，事后核对"));
        command.SetAction((parsed, cancellationToken) => Work.LoadAsync(
            new LoadArguments(
                new LoadOptions
                {
                    Targets = [.. parsed.GetRequiredValue(target).Select(Parse)],
                    Devices = parsed.GetValue(devices),
                    Connections = parsed.GetValue(connections),
                    Rate = parsed.GetValue(rate),
                    Window = parsed.GetValue(window),
                    Qos = parsed.GetValue(qos),
                    Protocol = parsed.GetRequiredValue(mqtt) == V5 ? MqttProtocolVersion.V500 : MqttProtocolVersion.V311,
                    Batch = parsed.GetValue(batch),
                    BadEvery = parsed.GetValue(badEvery),
                    Messages = parsed.GetValue(messages),
                    Duration = SharedOptions.Duration(parsed.GetRequiredValue(duration)),
                    LedgerFile = parsed.GetValue(ledger),
                },
                client.Read(parsed),
                parsed.GetValue(json)),
            cancellationToken));
        return command;
    }

    private static Option<string[]> Target()
    {
        var option = new Option<string[]>("--target")
        {
            HelpName = "URL",
            Description = "mqtt, mqtts, ws, wss, http or https; /write for lines; may be repeated. 目标地址",
            Arity = ArgumentArity.OneOrMore,
            DefaultValueFactory = _ => ["mqtt://127.0.0.1:1883"],
        };
        option.Validators.Add(result =>
        {
            // Not shown: it may hold a password.
            if (!result.GetRequiredValue(option).All(t => LoadTarget.TryParse(t, out _))) result.AddError($"--target: allowed: {LoadTarget.Allowed}.");
        });
        return option;
    }

    private static Option<long?> Messages()
    {
        var option = new Option<long?>("--messages") { HelpName = "N", Description = "So many in all, then the end (no such end by default). 消息总数" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long?>() is < 1) result.AddError("--messages: allowed: 1 or more.");
        });
        return option;
    }

    private static LoadTarget Parse(string text) => LoadTarget.TryParse(text, out LoadTarget? target) ? target : throw new InvalidOperationException($"The validator let '{text}' pass.");
}
