namespace CityPerception.Core.Cases;

/// <summary>A change of a case's state: the points that several measurements, or a system twice, have of it are one.</summary>
/// <param name="State">As cases name it.</param>
/// <param name="TimeMs">Milliseconds since 1970 UTC.</param>
/// <param name="OnTime">What the system says, if it does.</param>
public readonly record struct CaseStep(string State, long TimeMs, bool? OnTime)
{
    /// <summary>
    /// By time, then by how far in the life the state is, then by its bytes. Nothing comes before the report, whatever the
    /// clock of the system says that closed the case in the same second.
    /// </summary>
    public static int Compare(CaseStep one, CaseStep other)
    {
        int by = (one.State != CaseStates.Reported).CompareTo(other.State != CaseStates.Reported);
        if (by == 0) by = one.TimeMs.CompareTo(other.TimeMs);
        if (by == 0) by = CaseStates.Rank(one.State).CompareTo(CaseStates.Rank(other.State));
        return by != 0 ? by : string.CompareOrdinal(one.State, other.State);
    }
}
