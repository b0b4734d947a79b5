using System.Text;
using CityPerception.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Hosting;
using CityPerception.Observability;
using CityPerception.Simulation;
using CityPerception.Storage.DeadLetters;

namespace CityPerception.Cli;

/// <summary>Where the commands meet the parts that do their work; the only file of this folder that calls into them.</summary>
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

        var run = new MappingRun();
        source.Map(
            new Message
            {
                Payload = arguments.Payload.Span,
                Topic = Encoding.UTF8.GetBytes(arguments.Topic ?? ""),
                ReceivedNs = TimeProvider.System.UnixNs(),
            },
            run);
        string[] lines = Encoding.UTF8.GetString(run.Lines.Written).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return Task.FromResult(TryReport.Print(Terminal.Out, Terminal.Error, new TryReport(lines, run.Rejections, run.FilteredCount)));
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

    public static Task<int> ListDeadLettersAsync(DeadLetterQuery query, CancellationToken cancellationToken)
    {
        RejectionReason? reason = null;
        if (query.Reason is not null)
        {
            reason = IngestMetrics.ReasonNames.Where(r => r.Value == query.Reason).Select(r => (RejectionReason?)r.Key).FirstOrDefault();
            if (reason is null)
            {
                Terminal.Error.Verdict(false, $"'{query.Reason}' is not a reason{Hints.DidYouMean(query.Reason, IngestMetrics.ReasonNames.Values)} The reasons are {string.Join(", ", IngestMetrics.ReasonNames.Values.Order())}.");
                return Task.FromResult(ExitCode.BadUsage);
            }
        }

        DeadLetterPage page = Letters(query.DataDirectory).Read(new DeadLetterFilter { Source = query.Source, Reason = reason, Limit = query.Limit }, cancellationToken);
        DeadLetterReport.PrintList(Terminal.Out, [.. page.Letters.Select(View)]);
        if (page.Unreadable > 0) Terminal.Error.Verdict(false, $"{page.Unreadable} places on the disk could not be read. 磁盘上有 {page.Unreadable} 处无法读取。");
        return Task.FromResult(ExitCode.Ok);
    }

    public static Task<int> ShowDeadLetterAsync(string dataDirectory, string id, CancellationToken cancellationToken)
    {
        DeadLetter? letter = Guid.TryParse(id, out Guid known) ? Letters(dataDirectory).Find(known, cancellationToken) : null;
        if (letter is null)
        {
            Terminal.Error.Verdict(false, $"There is no dead letter '{Terminal.Escape(id)}' in {dataDirectory}. 没有这条死信。");
            return Task.FromResult(ExitCode.Failed);
        }

        DeadLetterReport.PrintOne(Terminal.Out, View(letter));
        foreach (Rejection other in letter.Rejections.Skip(1))
            Terminal.Out.Line($"also: element {other.Index}: {Terminal.Escape(other.Path)}: {IngestMetrics.ReasonNames[other.Reason]}: {Terminal.Escape(other.Detail)}");
        return Task.FromResult(ExitCode.Ok);
    }

    private static (IngestPlan? Plan, CheckReport Report) Load(string directory)
    {
        LoadedConfig loaded = ConfigDirectory.Load(directory);
        return (loaded.Plan, new CheckReport(loaded.Files, loaded.Faults));
    }

    private static DeadLetterReader Letters(string dataDirectory) => new(Path.Combine(dataDirectory, StorageParts.DeadLetterFolder));

    private static DeadLetterView View(DeadLetter letter)
    {
        Rejection first = letter.Rejections[0];
        string more = letter.RejectionCount > 1 ? $" (and {letter.RejectionCount - 1} more)" : "";
        return new DeadLetterView(letter.Id.ToString(), letter.Time, letter.Source, letter.Topic ?? "", IngestMetrics.ReasonNames[first.Reason], first.Path, first.Detail + more, letter.Payload);
    }
}
