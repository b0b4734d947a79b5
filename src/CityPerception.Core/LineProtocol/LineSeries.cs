namespace CityPerception.Core.LineProtocol;

/// <summary>The beginning of a line, measurement and tags, as it was written once: many lines begin alike.</summary>
public sealed class LineSeries
{
    private readonly byte[] _text;

    internal LineSeries(ReadOnlySpan<byte> text) => _text = text.ToArray();

    internal ReadOnlySpan<byte> Text => _text;
}
