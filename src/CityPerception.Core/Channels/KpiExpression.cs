using System.Collections.Immutable;
using NCalc;
using NCalc.Exceptions;

namespace CityPerception.Core.Channels;

/// <summary>
/// An expression of a channel file, such as <c>closed / (closed + overdue)</c>, parsed once. It computes with numbers; an
/// input without a value is NaN, and so is what is computed with it, unless a function takes it as missing.
/// </summary>
public sealed class KpiExpression
{
    // The same for all expressions, and only read once it is made.
    private static readonly ExpressionContext Shared = WithFunctions();

    private readonly LogicalExpression _parsed;

    private KpiExpression(string text, LogicalExpression parsed, ImmutableArray<string> names) => (Text, _parsed, Names) = (text, parsed, names);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>The names of inputs in it.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>Parses an expression.</summary>
    /// <param name="text">As written.</param>
    /// <param name="known">The names that it may use.</param>
    /// <param name="fault">What is wrong with it and what is allowed, or null.</param>
    public static KpiExpression? Parse(string text, IReadOnlyCollection<string> known, out (string Found, string Allowed)? fault)
    {
        var expression = new Expression(text, new ExpressionContext());
        if (expression.HasErrors(default))
        {
            fault = ($"\"{text}\": {expression.Error?.Message}", "an expression such as closed / (closed + overdue)");
            return null;
        }

        foreach (string name in expression.GetParameterNames(default).Where(n => !known.Contains(n)))
        {
            fault = ($"the unknown name {name} in \"{text}\"", "the names " + string.Join(", ", known));
            return null;
        }

        foreach (string name in expression.GetFunctionNames(default).Where(n => !KpiFunctions.Names.Contains(n)))
        {
            fault = ($"the unknown function {name} in \"{text}\"", "the functions " + string.Join(", ", KpiFunctions.Names.Order(StringComparer.Ordinal)));
            return null;
        }

        var parsed = new KpiExpression(text, expression.GetLogicalExpression(default)!, [.. expression.GetParameterNames(default).Distinct()]);
        fault = parsed.Try();
        return fault is null ? parsed : null;
    }

    /// <summary>The value; NaN where it has none.</summary>
    /// <param name="inputs">Each name's value, NaN where it has none.</param>
    public double Evaluate(IReadOnlyDictionary<string, double> inputs)
    {
        // Parameters belong to the context: with one for all, jobs that compute at the same time would mix up their numbers.
        var expression = new Expression(Text, new ExpressionContext { Functions = Shared.Functions }) { LogicalExpression = _parsed };
        foreach (string name in Names) expression.Parameters[name] = inputs[name];
        return KpiFunctions.ToNumber(expression.Evaluate(default));
    }

    private static ExpressionContext WithFunctions()
    {
        var context = new ExpressionContext();
        foreach (KpiFunction function in KpiFunctions.All) context.Functions[function.Name] = data => function.Call(data);
        return context;
    }

    // Arities and types show when it is computed: once here, so that nobody finds them at midnight.
    private (string, string)? Try()
    {
        try
        {
            Evaluate(Names.ToDictionary(static n => n, static _ => 1d));
            return null;
        }
        catch (Exception e) when (e is NCalcException or ArgumentException or InvalidCastException or FormatException)
        {
            return ($"\"{Text}\": {e.Message}", "an expression that gives a number");
        }
    }

    public override string ToString() => Text;
}
