using System.Collections.Immutable;
using CityPerception.Core.Cities;
using CityPerception.Core.Queries;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>
/// An input that no aggregate of one field gives: an air quality index, the class of a river, how many cases are open. It reads
/// what it needs from the store and looks back only, so that a window can be computed when it ends and again whenever late data
/// change it. Pure but for the store: the same points give the same result.
/// </summary>
public interface ICalculation
{
    /// <summary>As channel files write it: <c>air.aqi_hour</c>.</summary>
    string Name { get; }

    /// <summary>What it computes and by which clause, for the documentation.</summary>
    string Summary { get; }

    /// <summary>What it reads. The first one is that whose tags <c>where</c> and <c>by</c> may name.</summary>
    ImmutableArray<string> Measurements { get; }

    /// <summary>The windows that it is defined for; with <see cref="Adds"/> also days, out of their hours.</summary>
    ImmutableArray<ViewWindow> Windows { get; }

    /// <summary>Whether its partials add up over hours to that of the day.</summary>
    bool Adds => false;

    /// <summary>The later windows that a change of points between two times concerns as well, as it looks back at them.</summary>
    /// <returns>Ranges of time; none where each window depends on its own points alone.</returns>
    IEnumerable<(DateTimeOffset From, DateTimeOffset To)> LaterWindows(ViewWindow window, DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone) => [];

    /// <summary>The partials of every window of a range. Groups without one have no value.</summary>
    /// <exception cref="StoreUnavailableException">The store does not answer now.</exception>
    Task<IReadOnlyList<CalculatedPartial>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken);
}

/// <summary>What a calculation is asked for.</summary>
public sealed record CalculationScope
{
    public required IStore Store { get; init; }

    public required City City { get; init; }

    /// <summary>The cases that there were.</summary>
    public ICaseStates Cases { get; init; } = NoCases.Instance;

    public required ViewWindow Window { get; init; }

    /// <summary>The start of the first window, and the end of the last.</summary>
    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    /// <summary>Only points of the calculation's first measurement that meet these.</summary>
    public ImmutableArray<Filter> Where { get; init; } = [];

    /// <summary>The tag that the KPI is given by, beside the district; null for none.</summary>
    public string? By { get; init; }

    /// <summary>The starts of the windows.</summary>
    public IEnumerable<DateTimeOffset> Starts => ViewWindows.Between(Window, From, To, City.Zone);

    /// <summary>Whom a point of a district counts for: the district and the city. What is nowhere in particular is the city's alone.</summary>
    public IEnumerable<string> DistrictsOf(string district) => district.Length == 0 || district == City.Code ? [City.Code] : [district, City.Code];
}

/// <summary>The result of one window and group.</summary>
/// <param name="Start">Of the window.</param>
/// <param name="Key">The district or the city, and the group.</param>
/// <param name="Partial">Its <see cref="Partial.Sum"/> is the value.</param>
public readonly record struct CalculatedPartial(DateTimeOffset Start, ViewKey Key, Partial Partial);
