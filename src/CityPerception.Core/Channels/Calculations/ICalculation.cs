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

    /// <summary>What it reads. The first one is that whose tags <c>where</c> and <c>by</c> may name.</summary>
    ImmutableArray<string> Measurements { get; }

    /// <summary>The windows that it is defined for; with <see cref="Adds"/> also days, out of their hours.</summary>
    ImmutableArray<ViewWindow> Windows { get; }

    /// <summary>Whether its partials add up over hours to that of the day.</summary>
    bool Adds => false;

    /// <summary>Whether its result is worth less where samples of its first measurement are missing, so that coverage belongs to it.</summary>
    bool IsOfSamples => true;

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
    public required ICaseStates Cases { get; init; }

    public required ViewWindow Window { get; init; }

    /// <summary>The start of the first window, and the end of the last.</summary>
    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    /// <summary>Only points of the calculation's first measurement that meet these.</summary>
    public ImmutableArray<Filter> Where { get; init; } = [];

    /// <summary>The tag that the KPI is given by, beside the district; null for none.</summary>
    public string? By { get; init; }

    /// <summary>What calculations of the same pass have read, by <see cref="OnceAsync"/>.</summary>
    public Dictionary<string, object> Read { get; init; } = [];

    /// <summary>The starts of the windows.</summary>
    public IEnumerable<DateTimeOffset> Starts => ViewWindows.Between(Window, From, To, City.Zone);

    /// <summary>Reads what several calculations are made of, once for all inputs of a pass that have the same conditions.</summary>
    /// <param name="what">Names it.</param>
    /// <param name="read">Reads it.</param>
    public async Task<T> OnceAsync<T>(string what, Func<Task<T>> read)
        where T : class
    {
        string key = $"{what} {Window} by {By} where {string.Join(" and ", Where)}";
        if (Read.TryGetValue(key, out object? known)) return (T)known;
        T found = await read();
        Read[key] = found;
        return found;
    }

    /// <summary>What was found, by window and by those whom it counts for: the group within its district and within the city.</summary>
    /// <param name="found">What was found.</param>
    /// <param name="placeOf">The start of its window, its district and its group.</param>
    public IEnumerable<IGrouping<(DateTimeOffset Start, ViewKey Key), T>> ByPlace<T>(IEnumerable<T> found, Func<T, (DateTimeOffset Start, string District, string Group)> placeOf) => found
        .SelectMany(f => City.PlacesOf(placeOf(f).District).Select(district => (Id: (placeOf(f).Start, new ViewKey(district, placeOf(f).Group)), Found: f)))
        .GroupBy(static f => f.Id, static f => f.Found);
}

/// <summary>The result of one window and group.</summary>
/// <param name="Start">Of the window.</param>
/// <param name="Key">The district or the city, and the group.</param>
/// <param name="Partial">Its <see cref="Partial.Sum"/> is the value.</param>
public readonly record struct CalculatedPartial(DateTimeOffset Start, ViewKey Key, Partial Partial);
