namespace CityPerception.Core.Decoding;

/// <summary>How much one message may ask of a decoder. Its size is limited before, where it is received.</summary>
/// <remarks>
/// A message with too many elements is refused as a whole, once (<see cref="IDocumentSink.RejectWhole"/>), and what was
/// made of the first of them is forgotten: its sender knows that nothing was stored and can send it again in parts.
/// </remarks>
public static class DecodingLimits
{
    /// <summary>Levels of nesting in JSON. What sensors send has five.</summary>
    public const int MaxDepth = 64;

    /// <summary>
    /// Elements of a message: those of a top-level array, lines of NDJSON or line protocol, records of a SenML pack.
    /// As many lines as InfluxDB's manual advises for a batch.
    /// </summary>
    public const int MaxElements = 10_000;

    /// <summary>Bytes of a SenML name, base name included.</summary>
    public const int MaxNameBytes = 256;

    internal static string TooManyElements => $"more than {MaxElements} elements; nothing of the message was taken: send it in parts";
}
