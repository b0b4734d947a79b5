using System.Collections.Immutable;

namespace CityPerception.Core.Mapping.Paths;

/// <summary>
/// A path of the mapping language: RFC 9535 JSONPath with child, index and wildcard segments, and beside <c>$</c> the
/// current element <c>@</c>, the elements around it <c>@^</c>, and their keys <c>@~</c>.
/// </summary>
/// <param name="Up">−1 for <c>$</c>; else how many elements outward of the current one (<c>@</c> 0, <c>@^</c> 1 …).</param>
/// <param name="IsKey">Ends in <c>~</c>: the element's key or index in its parent, not its value.</param>
/// <param name="Segments">The steps from there.</param>
/// <param name="Text">As it was written, for messages.</param>
internal sealed record MappingPath(int Up, bool IsKey, ImmutableArray<PathSegment> Segments, string Text)
{
    public const int Root = -1;

    public bool HasWildcard => Segments.Any(s => s is PathSegment.Any);
}

internal abstract record PathSegment
{
    public sealed record Member(string Name) : PathSegment;

    public sealed record Index(int Position) : PathSegment;

    /// <summary><c>[*]</c> or <c>.*</c>: every element of an array, every member of an object.</summary>
    public sealed record Any : PathSegment;
}
