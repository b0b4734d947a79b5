namespace CityPerception.Core.Mapping;

/// <summary>MQTT topic filters (MQTT 5.0, 4.7): + for one level, # for the rest.</summary>
public static class TopicFilter
{
    public static bool IsValid(string filter)
    {
        if (filter.Length is 0 or > 65_535 || filter.Contains('\0', StringComparison.Ordinal)) return false;
        string[] levels = filter.Split('/');
        for (int i = 0; i < levels.Length; i++)
        {
            if (levels[i].Contains('#') && (levels[i] != "#" || i < levels.Length - 1)) return false;
            if (levels[i].Contains('+') && levels[i] != "+") return false;
        }

        return true;
    }

    /// <summary>Whether a topic matches. Topics that begin with $ match no filter that begins with a wildcard.</summary>
    public static bool Matches(ReadOnlySpan<char> filter, ReadOnlySpan<char> topic)
    {
        if (topic is ['$', ..] && filter is ['+' or '#', ..]) return false;
        while (true)
        {
            int filterEnd = filter.IndexOf('/'), topicEnd = topic.IndexOf('/');
            ReadOnlySpan<char> filterLevel = filterEnd < 0 ? filter : filter[..filterEnd];
            ReadOnlySpan<char> topicLevel = topicEnd < 0 ? topic : topic[..topicEnd];
            if (filterLevel is "#") return true;
            if (filterLevel is not "+" && !filterLevel.SequenceEqual(topicLevel)) return false;
            if (filterEnd < 0) return topicEnd < 0;
            // "a/#" matches "a" itself too.
            if (topicEnd < 0) return filter[(filterEnd + 1)..] is "#";
            filter = filter[(filterEnd + 1)..];
            topic = topic[(topicEnd + 1)..];
        }
    }
}
