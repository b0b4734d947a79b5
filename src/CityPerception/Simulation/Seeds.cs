using System.IO.Hashing;
using System.Text;

namespace CityPerception.Simulation;

/// <summary>Randomness that depends on nothing but the seed: each sender draws from its own sequence.</summary>
internal static class Seeds
{
    /// <summary>One of so many, always the same for a name.</summary>
    public static int Index(string name, int count) => (int)((uint)Hash(0, name) % (uint)count);

    public static Random RandomFor(int seed, string name) => new(Hash(seed, name));

    /// <summary>Smooth noise in −1 … 1: random values at whole numbers, a smooth curve between them.</summary>
    public static double Noise(int seed, double x)
    {
        double whole = Math.Floor(x), part = x - whole, smooth = part * part * (3 - 2 * part);
        return Lattice(seed, (long)whole) * (1 - smooth) + Lattice(seed, (long)whole + 1) * smooth;
    }

    public static int Hash(int seed, string name) => (int)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(name), seed);

    // A finaliser in the manner of SplitMix64: neighbouring numbers get unrelated values.
    private static double Lattice(int seed, long at)
    {
        ulong z = unchecked((ulong)at * 0x9E3779B97F4A7C15 + (ulong)seed * 0xD1B54A32D192ED03);
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return (z >> 11) * (2.0 / (1UL << 53)) - 1;
    }
}
