using System.IO.Hashing;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Caching.Memory;

namespace CityPerception.Scoring;

/// <summary>The scores of the last minutes, by the hashes of their texts: a message that comes again soon has the same ones.</summary>
internal sealed class ScoreCache : IDisposable
{
    private const int MaxScores = 10_000; // some 2 MB

    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private readonly MemoryCache _scores = new(new MemoryCacheOptions { SizeLimit = MaxScores });

    public double? Find(string text) => _scores.TryGetValue(Key(text), out double score) ? score : null;

    public void Add(string text, double score) => _scores.Set(Key(text), score, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Kept });

    public void Dispose() => _scores.Dispose();

    private static UInt128 Key(string text) => XxHash128.HashToUInt128(MemoryMarshal.AsBytes(text.AsSpan()));
}
