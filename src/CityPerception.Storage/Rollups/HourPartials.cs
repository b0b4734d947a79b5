using CityPerception.Core.Channels;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Queries;

namespace CityPerception.Storage.Rollups;

/// <summary>The partials of hours, kept so that a day costs its 24 hours and not its points.</summary>
internal sealed class HourPartials(IStore store, TimeZoneInfo zone)
{
    private const string Measurement = "channel_partial", Input = "input";
    private const int InputsOfAQuery = 50;

    /// <summary>Adds those of the hours of a range as lines. One that is empty now but was not before is written as empty.</summary>
    public async Task AddAsync(
        LineBuffer lines, IReadOnlyCollection<KpiInput> inputs, DateTimeOffset from, DateTimeOffset to, IReadOnlyDictionary<DateTimeOffset, WindowPartials> hours, CancellationToken cancellationToken)
    {
        foreach (KpiInput[] some in inputs.Chunk(InputsOfAQuery))
        {
            foreach (AggregateRow row in await store.AggregateAsync(Query([.. some.Select(static i => i.Key)], ViewWindow.Hour, from, to), cancellationToken))
                hours[row.Start].Of(row.Group[0]).TryAdd(new ViewKey(row.Group[1], row.Group[2]), Partial.None);
            foreach ((DateTimeOffset start, WindowPartials partials) in hours)
            {
                foreach (KpiInput input in some)
                {
                    foreach ((ViewKey key, Partial partial) in partials[input.Key]) ViewLines.AddPartial(lines, input.Key, ViewWindow.Hour, start, key, partial);
                }
            }
        }
    }

    /// <summary>Those of every day of a range, out of their hours.</summary>
    public async Task ReadDaysAsync(
        IReadOnlyCollection<KpiInput> inputs, DateTimeOffset from, DateTimeOffset to, IReadOnlyDictionary<DateTimeOffset, WindowPartials> days, CancellationToken cancellationToken)
    {
        foreach (KpiInput[] some in inputs.Chunk(InputsOfAQuery))
        {
            foreach (AggregateRow row in await store.AggregateAsync(Query([.. some.Select(static i => i.Key)], ViewWindow.Day, from, to), cancellationToken))
            {
                var partial = new Partial((long)(row.Values[0] ?? 0), row.Values[1] ?? 0, row.Values[2] ?? double.NaN, row.Values[3] ?? double.NaN);
                days[row.Start].Add(row.Group[0], new ViewKey(row.Group[1], row.Group[2]), partial);
            }
        }

        foreach (WindowPartials day in days.Values)
        {
            foreach (KpiInput input in inputs) day.Of(input.Key);
        }
    }

    private AggregateQuery Query(string[] inputs, ViewWindow window, DateTimeOffset from, DateTimeOffset to) => new()
    {
        Measurement = Measurement,
        Select = [new Selection("count", Aggregate.Sum), new Selection("sum", Aggregate.Sum), new Selection("min", Aggregate.Min), new Selection("max", Aggregate.Max)],
        From = from,
        To = to,
        Window = ViewWindows.SizeOf(window, zone),
        GroupBy = [Input, ChannelViews.District, ChannelViews.Group],
        Where = [new Filter.Tag(ChannelViews.Source, [""]), new Filter.Tag(Input, [.. inputs]), new Filter.Tag(ChannelViews.Window, [ViewWindows.NameOf(ViewWindow.Hour)])],
    };
}
