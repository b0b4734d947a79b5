using System.Text;

namespace CityPerception.Core.Text;

/// <summary>A fixed dictionary from text to something, asked with UTF-8 and without making a string.</summary>
internal sealed class Utf8Map<T>
{
    private readonly Dictionary<byte[], T> _map = new(Utf8Comparer.Instance);
    private readonly Dictionary<byte[], T>.AlternateLookup<ReadOnlySpan<byte>> _byText;

    public Utf8Map(IEnumerable<KeyValuePair<string, T>> entries)
    {
        foreach ((string key, T value) in entries) _map.Add(Encoding.UTF8.GetBytes(key), value);
        _byText = _map.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public bool TryGet(ReadOnlySpan<byte> text, out T value) => _byText.TryGetValue(text, out value!);
}
