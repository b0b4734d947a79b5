namespace CityPerception.Observability;

/// <summary>The last few of something. Safe to share; meant for a few additions a second.</summary>
internal sealed class Ring<T>(int capacity)
{
    private readonly T[] _items = new T[capacity];
    private readonly Lock _gate = new();
    private long _added;

    public void Add(T item)
    {
        lock (_gate) _items[_added++ % capacity] = item;
    }

    public T[] NewestFirst()
    {
        lock (_gate)
        {
            var newest = new T[Math.Min(_added, capacity)];
            for (int i = 0; i < newest.Length; i++) newest[i] = _items[(_added - 1 - i) % capacity];
            return newest;
        }
    }
}
