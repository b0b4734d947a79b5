using System.IO.Hashing;

namespace CityPerception.Core.Mapping.Values;

/// <summary>A fixed dictionary from text to something, asked with UTF-8 and without making a string.</summary>
internal sealed class Utf8Map<T>
{
    private readonly Dictionary<byte[], T> _map = new(Utf8Comparer.Instance);
    private readonly Dictionary<byte[], T>.AlternateLookup<ReadOnlySpan<byte>> _byText;

    public Utf8Map(IEnumerable<KeyValuePair<string, T>> entries)
    {
        foreach ((string key, T value) in entries) _map.Add(System.Text.Encoding.UTF8.GetBytes(key), value);
        _byText = _map.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public bool TryGet(ReadOnlySpan<byte> text, out T value) => _byText.TryGetValue(text, out value!);
}

/// <summary>Compares UTF-8 by its bytes.</summary>
internal sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly Utf8Comparer Instance = new();

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(ReadOnlySpan<byte> alternate) => (int)XxHash3.HashToUInt64(alternate);

    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());
}
