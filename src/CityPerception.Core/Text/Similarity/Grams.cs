namespace CityPerception.Core.Text.Similarity;

/// <summary>The signs and pairs of signs of a text, as a set of numbers; and sketches of that set.</summary>
internal static class Grams
{
    /// <summary>A text of more has the smallest of its numbers kept: a sample that is the same of equal sets.</summary>
    public const int Max = 192;

    /// <summary>Bands of the signature, and its rows in each: two sets of which 0.4 is common meet in one with probability 0.88, of which 0.03 with 0.01.</summary>
    public const int Bands = 12, Rows = 2;

    /// <summary>The sets of fewer say too little to be compared.</summary>
    public const int Least = 8;

    // The odd fractions of the golden ratio: multiples of it fall evenly.
    private const uint Golden = 0x9E3779B9;

    /// <summary>One number becomes another, no two the same, without order.</summary>
    public static uint Mix(uint x)
    {
        x = (x ^ (x >> 16)) * 0x85EBCA6B;
        x = (x ^ (x >> 13)) * 0xC2B2AE35;
        return x ^ (x >> 16);
    }

    /// <summary>The set, sorted. Signs are letters; digits, punctuation and spaces are passed over.</summary>
    public static uint[] Of(string folded)
    {
        var grams = new List<uint>(2 * folded.Length);
        char before = '\0';
        foreach (char c in folded)
        {
            if (!char.IsLetter(c)) continue;
            if (!ComparableText.IsFiller(c)) grams.Add(Mix(c));
            if (before != '\0') grams.Add(Mix((uint)before << 16 | c));
            before = c;
        }

        grams.Sort();
        int length = 0;
        for (int i = 0; i < grams.Count && length < Max; i++)
        {
            if (length == 0 || grams[i] != grams[length - 1]) grams[length++] = grams[i];
        }

        return [.. grams[..length]];
    }

    /// <summary>The share of the two sets that is common, 0 to 1 (Sørensen and Dice): exact of sets of fewer than <see cref="Max"/>, else estimated from their smallest numbers (Broder's bottom-k sketch).</summary>
    public static double Similarity(ReadOnlySpan<uint> a, ReadOnlySpan<uint> b)
    {
        // Of a set that was cut nothing is known past its largest number.
        uint end = Math.Min(a.Length < Max ? uint.MaxValue : a[^1], b.Length < Max ? uint.MaxValue : b[^1]);
        int i = 0, j = 0, common = 0;
        while (i < a.Length && j < b.Length && a[i] <= end && b[j] <= end)
        {
            uint x = a[i], y = b[j];
            if (x == y) common++;
            if (x <= y) i++;
            if (y <= x) j++;
        }

        while (i < a.Length && a[i] <= end) i++;
        while (j < b.Length && b[j] <= end) j++;
        return i + j == 0 ? 0 : 2.0 * common / (i + j);
    }

    /// <summary>The keys of the bands of the set's MinHash signature: sets that are alike have one in common.</summary>
    public static void FillBands(ReadOnlySpan<uint> grams, Span<ulong> keys)
    {
        for (int band = 0; band < Bands; band++)
        {
            uint first = Least32(grams, (uint)(2 * band + 1) * Golden), second = Least32(grams, (uint)(2 * band + 2) * Golden);
            keys[band] = (ulong)Mix(first + (uint)band) << 32 | second;
        }
    }

    // A permutation of its own for each seed. The numbers are mixed already.
    private static uint Least32(ReadOnlySpan<uint> grams, uint seed)
    {
        uint least = uint.MaxValue;
        foreach (uint gram in grams) least = Math.Min(least, (gram ^ seed) * (seed | 1));
        return least;
    }
}
