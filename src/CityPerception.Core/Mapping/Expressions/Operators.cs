using CityPerception.Core.Mapping.Values;

namespace CityPerception.Core.Mapping.Expressions;

/// <summary>What the operators do. What is missing makes arithmetic missing and comparisons false.</summary>
internal static class Operators
{
    public static Evaluator Arithmetic(string symbol, Evaluator left, Evaluator right)
    {
        Func<double, double, double> apply = symbol switch
        {
            "+" => static (a, b) => a + b,
            "-" => static (a, b) => a - b,
            "*" => static (a, b) => a * b,
            "/" => static (a, b) => a / b,
            _ => static (a, b) => a % b,
        };
        return (scoped in c) => left(in c).TryGetNumber(out double a) && right(in c).TryGetNumber(out double b)
            ? Value.Of(apply(a, b))
            : Value.Missing;
    }

    public static Evaluator Logic(string word, Evaluator left, Evaluator right) => word == "and"
        ? (scoped in c) => Value.Of(left(in c).IsTruthy && right(in c).IsTruthy)
        : (scoped in c) => Value.Of(left(in c).IsTruthy || right(in c).IsTruthy);

    public static Evaluator Compare(string symbol, Evaluator left, Evaluator right)
    {
        Func<int, bool> holds = symbol switch
        {
            "==" => static order => order == 0,
            "!=" => static order => order != 0,
            "<" => static order => order < 0,
            "<=" => static order => order <= 0,
            ">" => static order => order > 0,
            _ => static order => order >= 0,
        };
        return (scoped in c) => Value.Of(TryOrder(left(in c), right(in c), out int order) && holds(order));
    }

    /// <summary>What <c>==</c> says of two values.</summary>
    public static bool AreEqual(Value left, Value right) => TryOrder(left, right, out int order) && order == 0;

    /// <summary>Numbers, and text that is one beside a number, by size; other text by its bytes.</summary>
    private static bool TryOrder(Value left, Value right, out int order)
    {
        order = 0;
        if (left.Kind is ValueKind.Missing or ValueKind.Failed or ValueKind.Json || right.Kind is ValueKind.Missing or ValueKind.Failed or ValueKind.Json) return false;
        if (left.Kind == ValueKind.Text && right.Kind == ValueKind.Text)
        {
            order = left.Text.SequenceCompareTo(right.Text);
            return true;
        }

        if (!left.TryGetNumber(out double a) || !right.TryGetNumber(out double b) || double.IsNaN(a) || double.IsNaN(b)) return false;
        order = a.CompareTo(b);
        return true;
    }
}
