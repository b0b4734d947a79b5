namespace CityPerception.Core.Channels.Calculations;

/// <summary>What the operational database has of cases and appeals, for calculations: how cases stood at a past moment, and which appeals told a matter again.</summary>
public interface ICaseStates
{
    /// <summary>Cases that were open at any time of a range.</summary>
    /// <param name="from">The start.</param>
    /// <param name="to">The end.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<IReadOnlyList<CaseSpan>> OpenBetweenAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);

    /// <summary>Appeals of a range that tell again what another told before.</summary>
    /// <param name="from">The start.</param>
    /// <param name="to">The end.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<IReadOnlyList<AppealRepeat>> RepeatsBetweenAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);
}

/// <summary>An appeal that is linked to an earlier one.</summary>
/// <param name="Measurement">Its own.</param>
/// <param name="District">Empty for none, as is the category.</param>
/// <param name="Category">See above.</param>
/// <param name="Time">Its own.</param>
public readonly record struct AppealRepeat(string Measurement, string District, string Category, DateTimeOffset Time);

/// <summary>From when to when a case was open.</summary>
/// <param name="District">Where; empty if nobody knows.</param>
/// <param name="Dept">The department that has it, or had it last; empty for none.</param>
/// <param name="Begun">When it was first heard of.</param>
/// <param name="Ended">When it was closed or cancelled; null while it is open.</param>
/// <param name="Deadline">Null for none.</param>
public readonly record struct CaseSpan(string District, string Dept, DateTimeOffset Begun, DateTimeOffset? Ended, DateTimeOffset? Deadline);
