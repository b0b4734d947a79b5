using System.CommandLine;
using System.Globalization;
using CityPerception.Sources.Mqtt.External;

namespace CityPerception.Cli;

/// <summary>What a simulated city sends, and where to.</summary>
internal sealed record SimulateArguments
{
    /// <summary>The broker; null sends nothing over MQTT.</summary>
    public BrokerAddress? Mqtt { get; init; }

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

    /// <summary>Who the client is, and whom it believes.</summary>
    public required ClientFiles Client { get; init; }

    /// <summary>A table of devices and their passwords; null where all share connections.</summary>
    public string? DevicePasswordsFile { get; init; }

    public required string ConfigDirectory { get; init; }
}

/// <summary><c>simulate</c>: a city, as an outside client. Under it <c>devices</c>, <c>load</c> and <c>verify</c>.</summary>
internal static class SimulateCommand
{
    private const string None = "none";

    public static Command Create()
    {
        Option<string> mqtt = SharedOptions.Checked("--mqtt", "HOST:PORT|none", "127.0.0.1:1883", "The broker; mqtts://HOST[:PORT] by TLS. MQTT 服务器", b => b == None || Broker(b) is not null, "HOST:PORT, mqtts://HOST[:8883], or none; without user and password");
        Option<string> http = SharedOptions.Checked("--http", "URL|none", "http://127.0.0.1:8080", "The server. HTTP 服务地址", IsUrl, "an address such as http://127.0.0.1:8080, or none");
        Option<int> devices = Devices();
        Option<double> rate = SharedOptions.Rate(150);
        Option<string> duration = SharedOptions.Duration();
        Option<int> connections = SharedOptions.Whole("--connections", 4, 1, 64, "MQTT connections that the devices share. MQTT 连接数");
        Option<int> seed = SharedOptions.Whole("--seed", 140400, 0, int.MaxValue, "The same seed gives the same city. 随机种子");
        var clean = new Option<bool>("--clean") { Description = "Without the faults that real cities have (false by default). 不含异常数据" };
        var passwords = new Option<string?>("--device-passwords") { HelpName = "CSV", Description = "A table id,password as device add --csv prints it: each device connects for itself, and one without a password sends nothing (by default all share --connections). 设备密码表" };
        var client = new ClientOptions();
        Option<string> config = SharedOptions.Config();

        var command = new Command("simulate", "A simulated city, as an outside client; under it a load generator and its ledger. 模拟城市与负载")
        {
            devices, rate, duration, mqtt, http, connections, seed, clean, passwords, config, ListDevices(), LoadCommand.Create(), VerifyCommand.Create(),
        };
        client.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(passwords) is not null && client.HasUser(result)) result.AddError("--device-passwords or --user, not both. 设备密码表与用户名只能选一。");
        });
        command.WithExamples(
            ("cityperception simulate --rate 500 --duration 00:01:00", "a minute of a busy city · 一分钟繁忙城市"),
            ("cityperception simulate --mqtt broker:1883 --http none --clean", "telemetry only, without faults · 仅遥测且无异常"),
            ("cityperception simulate --device-passwords secrets.csv --api-key-file city.key", "a server that asks for credentials: see simulate devices · 需要凭据的服务器"),
            ("cityperception simulate load --help", "as fast as a server can, with figures · 压测，输出指标"));
        command.SetAction((parsed, cancellationToken) => Work.SimulateAsync(
            new SimulateArguments
            {
                Mqtt = Broker(parsed.GetRequiredValue(mqtt)),
                Http = parsed.GetRequiredValue(http) is var url && url != None ? new Uri(url) : null,
                Devices = parsed.GetValue(devices),
                Rate = parsed.GetValue(rate),
                For = SharedOptions.Duration(parsed.GetRequiredValue(duration)),
                Connections = parsed.GetValue(connections),
                Seed = parsed.GetValue(seed),
                Clean = parsed.GetValue(clean),
                Client = client.Read(parsed),
                DevicePasswordsFile = parsed.GetValue(passwords),
                ConfigDirectory = parsed.GetRequiredValue(config),
            },
            cancellationToken));
        return command;
    }

    private static Option<int> Devices() => SharedOptions.Whole("--devices", 1000, 1, 1_000_000, "At most so many devices of those in the configuration's tables. 设备数上限");

    private static Command ListDevices()
    {
        (Option<int> devices, Option<string> config) = (Devices(), SharedOptions.Config());
        var command = new Command("devices", "Lists the names under which the city publishes, for device add --csv. 列出模拟设备编号") { devices, config };
        command.WithExamples(
            ("cityperception simulate devices > ids.csv", "then the three below, once · 随后依次执行"),
            ("cityperception device add --csv ids.csv > secrets.csv", "gives each a password · 为每台设备生成密码"),
            ("cityperception key add city --scope 'ingest:*' > city.key", "a key for what offices post · 生成 API 密钥"),
            ("cityperception simulate --device-passwords secrets.csv --api-key-file city.key", "sends as they · 以其身份发送"));
        command.SetAction(parsed => Work.ListSimulatedDevices(parsed.GetRequiredValue(config), parsed.GetValue(devices)));
        return command;
    }

    // HOST:PORT is without TLS. Null for none, and for what is no address.
    private static BrokerAddress? Broker(string text)
    {
        if (text == None || (!text.Contains("://", StringComparison.Ordinal) && !HasPort(text))) return null;
        return BrokerAddress.TryParse(text.Contains("://", StringComparison.Ordinal) ? text : "mqtt://" + text, out BrokerAddress? address) && address.User is null && address.Password is null ? address : null;
    }

    private static bool HasPort(string text) => int.TryParse(text.AsSpan(text.LastIndexOf(':') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= 65535;

    private static bool IsUrl(string text) => text == None || (Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https");
}
