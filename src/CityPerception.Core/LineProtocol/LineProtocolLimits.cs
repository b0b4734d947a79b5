namespace CityPerception.Core.LineProtocol;

/// <summary>How large a line may be. What exceeds a limit is refused; the lines after it are read.</summary>
public sealed record LineProtocolLimits
{
    public static LineProtocolLimits Default { get; } = new();

    /// <summary>Bytes of a line, its end not counted. InfluxDB takes megabytes but repeats a bad line whole in its answer.</summary>
    public int MaxLineBytes { get; init; } = 64 * 1024;

    /// <summary>Bytes of measurement and tags. InfluxDB 1.x refuses 65,535; nobody's identity needs that.</summary>
    public int MaxSeriesKeyBytes { get; init; } = 8 * 1024;

    /// <summary>Bytes of one tag key or field key.</summary>
    public int MaxKeyBytes { get; init; } = 256;

    /// <summary>Tags of a line. Bounds the search for a tag that is given twice.</summary>
    public int MaxTags { get; init; } = 64;

    /// <summary>Fields of a line.</summary>
    public int MaxFields { get; init; } = 1024;
}
