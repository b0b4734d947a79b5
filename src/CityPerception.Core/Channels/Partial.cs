namespace CityPerception.Core.Channels;

/// <summary>
/// What a window's points come down to, of one input and one group. Partials of districts and of hours are combined, and
/// only then is a value computed: ratios, means and energy means are never averaged.
/// </summary>
/// <param name="Count">How many values.</param>
/// <param name="Sum">Their sum; of an energy mean the sum of 10^(L/10), of a percentile the percentile itself.</param>
/// <param name="Min">The least; NaN if it is not asked for.</param>
/// <param name="Max">The greatest; NaN if it is not asked for.</param>
public readonly record struct Partial(long Count, double Sum, double Min = double.NaN, double Max = double.NaN)
{
    /// <summary>What a calculation has to say beside the number: the pollutant that decides. Null for nothing; kept only in views.</summary>
    public string? Text { get; init; }

    /// <summary>That of no points.</summary>
    public static Partial None => new(0, 0);

    /// <summary>The partial of both.</summary>
    public Partial And(Partial other) => new(Count + other.Count, Sum + other.Sum, Lesser(Min, other.Min), Greater(Max, other.Max)) { Text = Text ?? other.Text };

    private static double Lesser(double a, double b) => double.IsNaN(a) ? b : double.IsNaN(b) ? a : Math.Min(a, b);

    private static double Greater(double a, double b) => double.IsNaN(a) ? b : double.IsNaN(b) ? a : Math.Max(a, b);
}
