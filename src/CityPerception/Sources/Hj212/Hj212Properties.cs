using CityPerception.Core.Decoding.Hj212;

namespace CityPerception.Sources.Hj212;

/// <summary>A frame's properties, and the keys that open it.</summary>
internal sealed class Hj212Properties(IReadOnlyDictionary<string, string> all, Hj212Keys keys) : IHj212Opener
{
    public string? Find(string name) => all.GetValueOrDefault(name);

    public bool HasKeyOf(ReadOnlySpan<byte> device) => keys.HasKeyOf(device);

    public bool TryOpen(ReadOnlySpan<byte> device, ReadOnlySpan<byte> cipher, Span<byte> plain, out int length) => keys.TryOpen(device, cipher, plain, out length);
}
