namespace CityPerception.Core.Configuration;

/// <summary>Finds what somebody probably meant.</summary>
public static class Suggest
{
    /// <summary>No key or unit is longer; the comparison's effort grows with the square.</summary>
    private const int LongestName = 64;

    /// <summary>
    /// The known name closest to what was found, or null if none is close: at most a third of its letters inserted,
    /// left out, exchanged or swapped with their neighbour; case, <c>_</c> and <c>-</c> do not matter.
    /// </summary>
    public static string? Closest(string found, IEnumerable<string> known)
    {
        if (found.Length > LongestName) return null;
        string wanted = Fold(found);
        string? best = null;
        int bestDistance = int.MaxValue;
        foreach (string name in known)
        {
            string candidate = Fold(name);
            int allowed = Math.Max(1, Math.Max(wanted.Length, candidate.Length) / 3);
            if (Math.Abs(wanted.Length - candidate.Length) > allowed) continue;
            int distance = Distance(wanted, candidate);
            // One letter is not "close" to another letter.
            if (distance > allowed || distance >= candidate.Length || distance >= bestDistance) continue;
            (best, bestDistance) = (name, distance);
        }
        return best;
    }

    private static string Fold(string name) =>
        name.ToLowerInvariant().Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);

    /// <summary>Optimal string alignment: Levenshtein's distance with swaps of neighbours.</summary>
    private static int Distance(string a, string b)
    {
        int[,] d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (int j = 0; j <= b.Length; j++) d[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int exchange = d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                d[i, j] = Math.Min(exchange, Math.Min(d[i - 1, j], d[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }
        return d[a.Length, b.Length];
    }
}
