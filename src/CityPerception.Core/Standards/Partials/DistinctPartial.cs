using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace CityPerception.Core.Standards.Partials;

/// <summary>
/// How many different things there were (class DIST), such as devices with an alarm. Exact below 1,024; of more the
/// smallest 1,024 hashes are kept, which tell the number within some 3 % (k minimum values: Bar-Yossef and others, 2002).
/// </summary>
public sealed class DistinctPartial : IPartial<DistinctPartial>
{
    private const string HashesField = "hashes";

    /// <summary>Hashes that are kept.</summary>
    public const int Kept = 1024;

    // In order, each once.
    private readonly ulong[] _hashes;

    private DistinctPartial(ulong[] hashes) => _hashes = hashes;

    public static DistinctPartial Empty { get; } = new([]);

    /// <summary>How many; an estimate once there are <see cref="Kept"/>.</summary>
    public double Value => _hashes.Length < Kept ? _hashes.Length : (Kept - 1) * (ulong.MaxValue / (double)_hashes[^1]);

    /// <summary>One thing, by its id.</summary>
    public static DistinctPartial Of(string id) => new([XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(id))]);

    /// <summary>Things, by their ids.</summary>
    public static DistinctPartial Of(IEnumerable<string> ids) => new(Smallest(ids.Select(id => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(id)))));

    public DistinctPartial Combine(DistinctPartial other) => new(Smallest(_hashes.Concat(other._hashes)));

    public void Save(PartialFields fields) => fields.Set(HashesField, Convert.ToBase64String(MemoryMarshal.AsBytes<ulong>(_hashes)));

    public static bool TryLoad(PartialFields fields, [MaybeNullWhen(false)] out DistinctPartial partial)
    {
        partial = null;
        if (!fields.TryGet(HashesField, out string? text)) return false;
        byte[] bytes = new byte[Kept * sizeof(ulong)];
        if (!Convert.TryFromBase64String(text, bytes, out int length) || length % sizeof(ulong) != 0) return false;
        ulong[] hashes = MemoryMarshal.Cast<byte, ulong>(bytes.AsSpan(0, length)).ToArray();
        for (int i = 1; i < hashes.Length; i++)
        {
            if (hashes[i] <= hashes[i - 1]) return false;
        }
        partial = new DistinctPartial(hashes);
        return true;
    }

    private static ulong[] Smallest(IEnumerable<ulong> hashes) => [.. hashes.Distinct().Order().Take(Kept)];
}
