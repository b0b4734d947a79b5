using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using NCalc.Handlers;

namespace CityPerception.Core.Channels;

/// <summary>A function that expressions of channels may call. Its arguments are numbers, NaN for a missing one; so is its result.</summary>
/// <param name="Name">As expressions write it.</param>
/// <param name="Arguments">Their names, for the documentation.</param>
/// <param name="Summary">What it computes, and by which clause.</param>
/// <param name="Compute">The function.</param>
public sealed record KpiFunction(string Name, ImmutableArray<string> Arguments, string Summary, Func<double[], double> Compute)
{
    internal object Call(FunctionData data)
    {
        if (data.Count != Arguments.Length)
            throw new ArgumentException($"{Name} takes {Arguments.Length} arguments ({string.Join(", ", Arguments)}), not {data.Count}");
        double[] arguments = new double[data.Count];
        for (int i = 0; i < arguments.Length; i++) arguments[i] = KpiFunctions.ToNumber(data.Evaluate(i));
        return Compute(arguments);
    }
}

/// <summary>Every function there is. A new one is a line here.</summary>
public static class KpiFunctions
{
    private static readonly string[] BuiltIn = ["Abs", "Max", "Min", "Round", "Sqrt", "if"];

    /// <summary>Those of this project, beside what the expression library brings.</summary>
    public static ImmutableArray<KpiFunction> All { get; } =
    [
        new("or_zero", ["x"], "x, or 0 where it is missing", static a => double.IsNaN(a[0]) ? 0 : a[0]),
        new("lg", ["x"], "The logarithm to base 10.", static a => a[0] > 0 ? Math.Log10(a[0]) : double.NaN),
    ];

    /// <summary>All that may be called.</summary>
    public static FrozenSet<string> Names { get; } = BuiltIn.Concat(All.Select(static f => f.Name)).ToFrozenSet(StringComparer.Ordinal);

    internal static double ToNumber(object? value) => value switch
    {
        null => double.NaN,
        bool truth => truth ? 1 : 0,
        _ => Convert.ToDouble(value, CultureInfo.InvariantCulture),
    };
}
