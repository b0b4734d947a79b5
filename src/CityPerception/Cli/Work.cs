using CityPerception.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.Observability;
using CityPerception.Simulation;
using CityPerception.Sources;

namespace CityPerception.Cli;

/// <summary>Where the commands meet the parts that do their work; nothing else of this folder calls into them.</summary>
internal static partial class Work
{
    public static Task<int> CheckAsync(string configDirectory)
    {
        (_, CheckReport report) = Load(configDirectory);
        return Task.FromResult(CheckReport.Print(report.Faults.Count == 0 ? Terminal.Out : Terminal.Error, report));
    }

    public static Task<int> TryAsync(TryArguments arguments)
    {
        (IngestPlan? plan, CheckReport check) = Load(arguments.ConfigDirectory);
        if (plan is null) return Task.FromResult(CheckReport.Print(Terminal.Error, check));
        if (!plan.Sources.TryGetValue(arguments.Source, out CompiledSource? source))
        {
            Terminal.Error.Verdict(false, $"No source is named '{arguments.Source}'{Hints.DidYouMean(arguments.Source, plan.Sources.Keys)} 没有这个数据源。");
            return Task.FromResult(ExitCode.BadUsage);
        }

        return Task.FromResult(TryReport.Print(Terminal.Out, Terminal.Error, Trial.Of(plan, source, arguments.Payload, arguments.Topic ?? "", TimeProvider.System)));
    }

    public static async Task<int> SimulateAsync(SimulateArguments arguments, CancellationToken cancellationToken)
    {
        if (arguments.Mqtt is null && arguments.Http is null)
        {
            Terminal.Error.Verdict(false, "Nobody to send to: give --mqtt, --http or both. 请至少指定一个发送目标。");
            return ExitCode.BadUsage;
        }

        var options = new SimulationOptions
        {
            HttpUrl = arguments.Http,
            Rate = arguments.Rate,
            Connections = arguments.Connections,
            Seed = arguments.Seed,
            MaxDevices = arguments.Devices,
            StationsFile = Path.Combine(arguments.ConfigDirectory, "lookups", "stations.csv"),
            MqttHost = arguments.Mqtt?[..arguments.Mqtt.LastIndexOf(':')],
        };
        if (arguments.Mqtt is { } broker) options.MqttPort = int.Parse(broker.AsSpan(broker.LastIndexOf(':') + 1), provider: System.Globalization.CultureInfo.InvariantCulture);
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

    private static (IngestPlan? Plan, CheckReport Report) Load(string directory)
    {
        LoadedConfig loaded = ConfigDirectory.Load(directory);
        return (loaded.Plan, new CheckReport(loaded.Files, loaded.Faults));
    }
}
