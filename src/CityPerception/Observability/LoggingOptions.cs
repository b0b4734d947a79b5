namespace CityPerception.Observability;

/// <summary>How a log line looks.</summary>
internal enum LogFormat
{
    /// <summary>One compact line for people.</summary>
    Line,

    /// <summary>One JSON object a line, for collectors.</summary>
    Json,
}

/// <summary>What is logged, and how. Facts of single messages are metrics, not log lines.</summary>
internal sealed class LoggingOptions
{
    public const string Section = "Logging";

    public LogFormat Format { get; set; } = LogFormat.Line;

    /// <summary>The least level that is written; the web framework's own lines begin at Warning.</summary>
    public LogLevel Level { get; set; } = LogLevel.Information;
}
