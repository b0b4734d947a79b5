using Microsoft.Extensions.Logging.Console;

namespace CityPerception.Observability;

/// <summary>Where log lines go: standard output, by a queue, in one of two forms.</summary>
internal static class LogOutput
{
    public static ILoggingBuilder AddLogOutput(this ILoggingBuilder logging, LoggingOptions options)
    {
        logging.SetMinimumLevel(options.Level);
        // The framework speaks of every request at Information; that is what metrics are for.
        logging.AddFilter("Microsoft", options.Level > LogLevel.Warning ? options.Level : LogLevel.Warning);
        logging.AddConsole(console => console.FormatterName = options.Format is LogFormat.Json ? ConsoleFormatterNames.Json : LineFormatter.FormatName);
        logging.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
        logging.AddJsonConsole(json =>
        {
            json.UseUtcTimestamp = true;
            json.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        });
        // AddJsonConsole also chooses itself: the choice is ours.
        logging.Services.PostConfigure<ConsoleLoggerOptions>(console =>
            console.FormatterName = options.Format is LogFormat.Json ? ConsoleFormatterNames.Json : LineFormatter.FormatName);
        return logging;
    }
}
