using CityPerception.Core.Mapping.Values;

namespace CityPerception.Core.Mapping.Expressions;

/// <summary>What an evaluator reads: the document's bytes, and the run that knows where in them the values are.</summary>
internal readonly ref struct MappingContext(ReadOnlySpan<byte> document, MappingRun run)
{
    public readonly ReadOnlySpan<byte> Document = document;

    public readonly MappingRun Run = run;
}

/// <summary>Computes a value from the captured ones. Never throws for what a sender sent.</summary>
internal delegate Value Evaluator(scoped in MappingContext context);
