using CityPerception.Core.Mapping.Paths;
using CityPerception.Core.Observations;

namespace CityPerception.Core.Mapping;

public sealed class CompiledSource
{
    internal ScopePlan[] Scopes = [];
    internal bool WantsWholeArray;
    internal int Document(ReadOnlySpan<byte> json, MappingRun run) => 0;
}
