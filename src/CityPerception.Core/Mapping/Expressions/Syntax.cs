using System.Collections.Immutable;
using CityPerception.Core.Mapping.Paths;

namespace CityPerception.Core.Mapping.Expressions;

/// <summary>What the grammar makes of an expression, before its paths and functions are resolved.</summary>
internal abstract record Syntax
{
    public sealed record Number(double Value) : Syntax;

    public sealed record Text(string Value) : Syntax;

    /// <summary><c>true</c>, <c>false</c>, and <c>null</c> as null.</summary>
    public sealed record Literal(bool? Value) : Syntax;

    public sealed record Path(MappingPath Value) : Syntax;

    public sealed record Unary(string Operator, Syntax Operand) : Syntax;

    public sealed record Binary(string Operator, Syntax Left, Syntax Right) : Syntax;

    public sealed record Call(string Function, ImmutableArray<Syntax> Arguments) : Syntax;
}
