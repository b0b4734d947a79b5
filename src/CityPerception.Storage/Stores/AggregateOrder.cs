using CityPerception.Core.Queries;

namespace CityPerception.Storage.Stores;

/// <summary>Rows by start, then by the values of the group: stores answer in orders of their own.</summary>
internal sealed class AggregateOrder : IComparer<AggregateRow>
{
    public static AggregateOrder Instance { get; } = new();

    public int Compare(AggregateRow? x, AggregateRow? y)
    {
        int order = x!.Start.CompareTo(y!.Start);
        for (int i = 0; order == 0 && i < x.Group.Length; i++) order = string.CompareOrdinal(x.Group[i], y.Group[i]);
        return order;
    }
}
