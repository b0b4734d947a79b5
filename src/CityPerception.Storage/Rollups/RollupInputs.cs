using CityPerception.Core.Channels;
using CityPerception.Core.Channels.Calculations;
using CityPerception.Core.Cities;
using CityPerception.Core.Queries;

namespace CityPerception.Storage.Rollups;

/// <summary>The partials of inputs: of minutes and hours from points, of days from their hours.</summary>
public sealed class RollupInputs(IStore store, ICaseStates cases)
{
    private readonly FirstPoints _firsts = new(store);

    /// <summary>Of one window.</summary>
    /// <exception cref="StoreUnavailableException">The store does not answer now.</exception>
    public async Task<WindowPartials> ReadAsync(IReadOnlyCollection<KpiInput> inputs, ViewWindow window, DateTimeOffset start, DateTimeOffset end, City city, CancellationToken cancellationToken) =>
        (await ReadRangeAsync(inputs, window, (start, end), city, cancellationToken))[start];

    /// <summary>Of every window of a range; <paramref name="fromPoints"/> asks for those of days anew, whatever is kept of their hours.</summary>
    public async Task<IReadOnlyDictionary<DateTimeOffset, WindowPartials>> ReadRangeAsync(
        IReadOnlyCollection<KpiInput> inputs, ViewWindow window, (DateTimeOffset From, DateTimeOffset To) range, City city, CancellationToken cancellationToken, bool fromPoints = false)
    {
        var reader = new PartialReader(store, _firsts, cases, city);
        if (window is not ViewWindow.Day || fromPoints) return await reader.ReadAsync(inputs, window, range.From, range.To, cancellationToken);

        IReadOnlyDictionary<DateTimeOffset, WindowPartials> days = await reader.ReadAsync(inputs.Where(static i => !i.Adds), window, range.From, range.To, cancellationToken);
        await new HourPartials(store, city.Zone).ReadDaysAsync([.. inputs.Where(static i => i.Adds).DistinctBy(static i => i.Key)], range.From, range.To, days, cancellationToken);
        return days;
    }
}
