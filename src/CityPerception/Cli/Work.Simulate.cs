using CityPerception.Core.Configuration;
using CityPerception.Observability;
using CityPerception.Simulation;

namespace CityPerception.Cli;

/// <summary>The simulated city.</summary>
internal static partial class Work
{
    public static async Task<int> SimulateAsync(SimulateArguments arguments, CancellationToken cancellationToken)
    {
        if (arguments.Mqtt is null && arguments.Http is null) return BadUsage("Nobody to send to: give --mqtt, --http or both. 请至少指定一个发送目标。");
        if (ClientSecrets.Read(arguments.Client, out string fault) is not { } secrets) return BadUsage(fault);
        IReadOnlyDictionary<string, string>? passwords = null;
        if (arguments.DevicePasswordsFile is { } file && (passwords = ReadPasswords(file, out fault)) is null) return BadUsage(fault);

        SimulationOptions options = OptionsOf(arguments.ConfigDirectory, arguments.Devices);
        options.HttpUrl = arguments.Http;
        options.Rate = arguments.Rate;
        options.Connections = arguments.Connections;
        options.Seed = arguments.Seed;
        (options.MqttHost, options.MqttPort, options.MqttTls) = (arguments.Mqtt?.Host, arguments.Mqtt?.Port ?? 1, arguments.Mqtt is { IsTls: true });
        (options.Token, options.User, options.Password, options.Authorities, options.DevicePasswords) = (secrets.ApiKey, arguments.Client.User, secrets.Password, secrets.Authorities, passwords);
        if (arguments.Clean) options.Faults.Clear();

        using ILoggerFactory loggers = LoggerFactory.Create(logging =>
        {
            logging.Services.AddSingleton(TimeProvider.System); // the lines' times
            logging.AddLogOutput(new LoggingOptions());
        });
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (arguments.For is { } duration) enough.CancelAfter(duration);
        var city = new CitySimulator(options, TimeProvider.System, loggers.CreateLogger<CitySimulator>());
        await city.RunAsync(enough.Token);

        SimulationCounts counts = city.Counts;
        Terminal.Out.Line($"sent {counts.Sent}, acknowledged {counts.Acknowledged}, refused {counts.Refused}, unanswered {counts.Waiting} · 已发送 {counts.Sent}，已应答 {counts.Acknowledged}");
        return counts.Waiting == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    /// <summary>The names under which the city publishes, as a table that <c>device add --csv</c> takes.</summary>
    public static int ListSimulatedDevices(string configDirectory, int most)
    {
        SimulationOptions options = OptionsOf(configDirectory, most);
        try
        {
            var city = new CityModel(options, Device.Thin(Device.ReadAll(options.StationsFile), options.MaxDevices), TimeProvider.System.GetUtcNow());
            Terminal.Out.Line("id,note");
            foreach (string id in city.Publishers) Terminal.Out.Line($"{id},simulated 模拟");
            return ExitCode.Ok;
        }
        catch (InvalidDataException e)
        {
            return Failed(e.Message);
        }
    }

    private static SimulationOptions OptionsOf(string configDirectory, int most) =>
        new() { StationsFile = Path.Combine(configDirectory, "lookups", "stations.csv"), MaxDevices = most };

    // As device add --csv prints them.
    private static Dictionary<string, string>? ReadPasswords(string file, out string fault)
    {
        var faults = new ConfigFaults();
        fault = "";
        try
        {
            if (DeviceFile.Read(file, faults) is { } rows)
            {
                Dictionary<string, string> passwords = rows.Where(r => r.Credential.Password is not null).ToDictionary(r => r.Id, r => r.Credential.Password!, StringComparer.Ordinal);
                if (passwords.Count > 0) return passwords;
                fault = $"--device-passwords: {file} holds no password; allowed: a table id,password as device add --csv prints it. 文件中没有密码。";
                return null;
            }

            fault = string.Join('\n', faults.All);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            fault = $"--device-passwords: {e.Message} 文件无法读取。";
        }

        return null;
    }
}
