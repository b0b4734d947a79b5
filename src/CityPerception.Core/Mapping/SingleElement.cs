using System.Text;
using System.Text.Json;
using CityPerception.Core.Mapping.Paths;

namespace CityPerception.Core.Mapping;

/// <summary>What makes of a document the one element of an array: for <c>$.data[*]</c> that is <c>{"data":[</c> before and <c>]}</c> behind it.</summary>
/// <param name="Before">The bytes before it.</param>
/// <param name="Behind">The bytes behind it.</param>
/// <param name="Depth">By how many levels it lies deeper.</param>
internal sealed record SingleElement(byte[] Before, byte[] Behind, int Depth)
{
    /// <summary>Null if the path does not lead by names alone to an array.</summary>
    public static SingleElement? Of(MappingPath path)
    {
        int wildcard = path.Segments.IndexOf(new PathSegment.Any());
        if (wildcard <= 0 || !path.Segments[..wildcard].All(s => s is PathSegment.Member)) return null;
        string before = string.Concat(path.Segments[..wildcard].Select(s => $"{{\"{JsonEncodedText.Encode(((PathSegment.Member)s).Name)}\":"));
        return new SingleElement(Encoding.UTF8.GetBytes(before + "["), Encoding.UTF8.GetBytes("]" + new string('}', wildcard)), wildcard + 1);
    }
}
