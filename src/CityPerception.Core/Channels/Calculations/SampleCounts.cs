using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CityPerception.Core.Cities;
using CityPerception.Core.Queries;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>What sends by itself: a device, or of offices a district of a source.</summary>
/// <param name="District">Its district; empty for none.</param>
/// <param name="Source">Of its samples.</param>
/// <param name="Device">Empty for none.</param>
/// <param name="Other">The value of another tag that a KPI is given by; empty where it is given by none or by one of these.</param>
internal readonly record struct Sender(string District, string Source, string Device, string Other)
{
    /// <summary>The group of it for a KPI that is given by a tag.</summary>
    public string GroupOf(string? by) => by switch { null => "", SampleCounts.Device => Device, SampleCounts.Source => Source, ChannelViews.District => District, _ => Other };
}

/// <summary>How many samples each sender brought, slot by slot, and how often one is usual.</summary>
internal static class SampleCounts
{
    /// <summary>The tags of the source and of the device.</summary>
    public const string Source = "source", Device = "device";

    /// <summary>So far back it is looked for what is usual.</summary>
    public static readonly TimeSpan Looked = TimeSpan.FromHours(24);

    /// <summary>The counts of slots that have any, in order of time; read once for all that ask alike in a pass.</summary>
    public static Task<Dictionary<Sender, SortedList<DateTimeOffset, double>>> ReadAsync(
        CalculationScope scope, (string Measurement, ImmutableArray<string> Fields) samples, ImmutableArray<Filter> where, TimeSpan slot, (DateTimeOffset From, DateTimeOffset To) range, CancellationToken cancellationToken)
    {
        // KPIs of all and KPIs by device are told by the same counts.
        CalculationScope shared = scope.By is Source or Device or ChannelViews.District ? scope with { By = null } : scope;
        return shared.OnceAsync($"counts of {samples.Measurement} {string.Join('|', samples.Fields)} where {string.Join(" and ", where)} each {slot} {range}", () => QueryAsync(shared, samples, where, slot, range, cancellationToken));
    }

    /// <summary>
    /// How often a sender sends: as its source says, else the median of the hours that have a sample, so that neither an outage nor the hour in
    /// which it began changes it. Where hours of an even pace have one more or one less, the lesser is meant.
    /// </summary>
    /// <param name="city">Has the schedules of sources.</param>
    /// <param name="sender">Who.</param>
    /// <param name="hours">Its hours that have a sample; at least one.</param>
    public static TimeSpan IntervalOf(City city, Sender sender, ReadOnlySpan<KeyValuePair<DateTimeOffset, double>> hours)
    {
        if (city.Schedules.TryGetValue(sender.Source, out TimeSpan every)) return every;
        double[] counts = new double[hours.Length];
        for (int i = 0; i < counts.Length; i++) counts[i] = hours[i].Value;
        Array.Sort(counts);
        double usual = counts[counts.Length / 2];
        if (Array.BinarySearch(counts, usual - 1) >= 0) usual--;
        if (usual > 1) return TimeSpan.FromHours(1) / usual;
        // Of one sample nobody can tell how often there is one: it holds as long as it is looked at.
        return hours.Length == 1 ? Looked : (hours[^1].Key - hours[0].Key) / (hours.Length - 1);
    }

    /// <summary>The slots from one to another, both included; they are in order.</summary>
    public static ReadOnlySpan<KeyValuePair<DateTimeOffset, double>> Between(KeyValuePair<DateTimeOffset, double>[] slots, DateTimeOffset first, DateTimeOffset last)
    {
        int from = 0, to = slots.Length;
        while (from < to && slots[from].Key < first) from++;
        while (to > from && slots[to - 1].Key > last) to--;
        return slots.AsSpan(from, to - from);
    }

    private static async Task<Dictionary<Sender, SortedList<DateTimeOffset, double>>> QueryAsync(
        CalculationScope scope, (string Measurement, ImmutableArray<string> Fields) samples, ImmutableArray<Filter> where, TimeSpan slot, (DateTimeOffset From, DateTimeOffset To) range, CancellationToken cancellationToken)
    {
        string[] tags = scope.By is null ? [ChannelViews.District, Source, Device] : [ChannelViews.District, Source, Device, scope.By];
        var query = new AggregateQuery
        {
            Measurement = samples.Measurement,
            Select = [.. samples.Fields.Select(static f => new Selection(f, Aggregate.Count))],
            From = range.From,
            To = range.To,
            Window = new WindowSize.Fixed(slot),
            GroupBy = [.. tags],
            Where = where,
        };
        Dictionary<Sender, SortedList<DateTimeOffset, double>> counts = [];
        foreach (AggregateRow row in await scope.Store.AggregateAsync(query, cancellationToken))
        {
            double count = row.Values.Max() ?? 0;
            if (count == 0) continue;
            ref SortedList<DateTimeOffset, double>? slots = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, new Sender(row.Group[0], row.Group[1], row.Group[2], scope.By is null ? "" : row.Group[3]), out _);
            (slots ??= []).Add(row.Start, count);
        }

        return counts;
    }
}
