using System.Globalization;

namespace CityPerception.Channels;

/// <summary>A place in a series, which is in the order of time and group: where a page ends.</summary>
internal sealed record SeriesPlace(DateTimeOffset Start, string Group)
{
    // Year 3000: beyond it no time can be computed with freely.
    private const long LastSecond = 32_503_680_000;

    public static SeriesPlace? Read(string text)
    {
        string[] parts = text.Split(',', 2);
        return parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds <= LastSecond
            ? new SeriesPlace(DateTimeOffset.FromUnixTimeSeconds(seconds), parts[1])
            : null;
    }

    /// <summary>Whether a place comes after this one.</summary>
    public bool IsBefore(DateTimeOffset start, string group) => start > Start || (start == Start && string.CompareOrdinal(group, Group) > 0);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Start.ToUnixTimeSeconds()},{Group}");
}
