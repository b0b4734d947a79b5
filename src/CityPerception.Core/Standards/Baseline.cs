namespace CityPerception.Core.Standards;

/// <summary>How unusual a count is, by what came before: our own definitions, no standard's.</summary>
public static class Baseline
{
    /// <summary>Weeks that a baseline needs.</summary>
    public const int Weeks = 3;

    /// <summary>Counts below this are never unusual.</summary>
    public const double Smallest = 5;

    /// <summary>
    /// (x − m)/max(s, 1), with the mean and standard deviation (of the whole, n) of the same hour of the week in the weeks
    /// before, zeros included.
    /// </summary>
    /// <returns>Null for less than 3 weeks or a count below 5.</returns>
    public static double? Z(double count, ReadOnlySpan<double> weeksBefore)
    {
        if (weeksBefore.Length < Weeks || !(count >= Smallest)) return null;
        double sum = 0, squares = 0;
        foreach (double week in weeksBefore) sum += week;
        double mean = sum / weeksBefore.Length;
        foreach (double week in weeksBefore) squares += (week - mean) * (week - mean);
        return (count - mean) / Math.Max(Math.Sqrt(squares / weeksBefore.Length), 1);
    }

    /// <summary>A topic's burst: (x − m)/√(m + 1), Poisson's z, of the count of an hour and the mean of the same hour in 28 days.</summary>
    public static double Burst(double count, double mean)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(mean);
        return (count - mean) / Math.Sqrt(mean + 1);
    }
}
