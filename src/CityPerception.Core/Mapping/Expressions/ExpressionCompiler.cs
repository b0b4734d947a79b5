using CityPerception.Core.Configuration;
using CityPerception.Core.Mapping.Paths;
using CityPerception.Core.Mapping.Values;
using CityPerception.Core.Text.Understanding;

namespace CityPerception.Core.Mapping.Expressions;

/// <summary>Resolves an expression's paths and functions once, so that evaluating it is a chain of calls.</summary>
/// <param name="scopes">Gives paths their slots.</param>
/// <param name="texts">The tables that functions of text read.</param>
/// <param name="fault">Told what is wrong: found, allowed, suggestion.</param>
internal sealed class ExpressionCompiler(ScopeBuilder scopes, TextTables texts, Action<string, string, string?> fault)
{
    public static readonly Evaluator Nothing = static (scoped in _) => Value.Missing;

    /// <summary>Something of what was compiled asks how good or bad a text is.</summary>
    public bool AsksForScores { get; private set; }

    public Evaluator Compile(Syntax syntax) => syntax switch
    {
        Syntax.Number n => Constant(n.Value),
        Syntax.Text t => ConstantText(t.Value),
        Syntax.Literal { Value: { } truth } => (scoped in _) => Value.Of(truth),
        Syntax.Literal => Nothing,
        Syntax.Path p => CompilePath(p.Value, out _),
        Syntax.Unary { Operator: "not" } u => Not(Compile(u.Operand)),
        Syntax.Unary u => Operators.Arithmetic("-", Constant(0), Compile(u.Operand)),
        Syntax.Binary { Operator: "and" or "or" } b => Operators.Logic(b.Operator, Compile(b.Left), Compile(b.Right)),
        Syntax.Binary { Operator: "+" or "-" or "*" or "/" or "%" } b => Operators.Arithmetic(b.Operator, Compile(b.Left), Compile(b.Right)),
        // Whether something is null asks whether it is there, though nothing compares with what is missing.
        Syntax.Binary { Operator: "==" or "!=", Right: Syntax.Literal { Value: null } } b => Exists(Compile(b.Left), b.Operator == "!="),
        Syntax.Binary b => Operators.Compare(b.Operator, Compile(b.Left), Compile(b.Right)),
        Syntax.Call c => CompileCall(c),
        _ => throw new InvalidOperationException($"The grammar made a {syntax.GetType()} that nobody compiles."),
    };

    /// <param name="path">The path.</param>
    /// <param name="slot">The slot that the evaluator reads; null if the path is at fault.</param>
    public Evaluator CompilePath(MappingPath path, out SlotRef? slot)
    {
        slot = null;
        if (path.HasWildcard)
        {
            fault($"the path {path.Text} with a wildcard", "one value here; max, min, sum, mean, first, last or count take a wildcard path", null);
            return Nothing;
        }

        if (!scopes.TryGetSlot(path, out SlotRef found))
        {
            fault($"the path {path.Text}", $"@ with at most {scopes.Innermost} ^, as many as each and members have elements", null);
            return Nothing;
        }

        slot = found;
        return (scoped in c) => c.Run.ValueOf(found, c.Document);
    }

    private Evaluator CompileCall(Syntax.Call call)
    {
        if (!Functions.All.TryGetValue(call.Function, out Functions.Function? function))
        {
            fault($"the function {call.Function}", string.Join(", ", Functions.All.Keys.Order()), Suggest.Closest(call.Function, [.. Functions.All.Keys]));
            return Nothing;
        }

        if (call.Arguments.Length < function.Min || call.Arguments.Length > function.Max)
        {
            fault($"{call.Arguments.Length} arguments of {call.Function}", function.Min == function.Max ? $"{function.Min}" : $"{function.Min} to {function.Max}", null);
            return Nothing;
        }

        if (function.Needs == TextTables.LexiconName && texts.Lexicon is null)
        {
            fault($"the function {call.Function}", $"it with {function.Needs} beside, which is not there", null);
            return Nothing;
        }

        AsksForScores |= function.Needs == TextTables.LexiconName;
        return function.Make([.. call.Arguments.Select(Compile)]);
    }

    private static Evaluator Constant(double number) => (scoped in _) => Value.Of(number);

    private static Evaluator ConstantText(string text)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        return (scoped in _) => Value.OfText(bytes);
    }

    private static Evaluator Exists(Evaluator operand, bool wanted) => (scoped in c) => Value.Of(!operand(in c).IsMissing == wanted);

    private static Evaluator Not(Evaluator operand) => (scoped in c) => Value.Of(!operand(in c).IsTruthy);
}
