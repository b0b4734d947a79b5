namespace CityPerception.Sources.Mqtt.Access;

/// <summary>
/// The topics that belong to a device: those in which a level is its id (<c>city/aq/AQ-00001/telemetry</c>). An id with
/// slashes, as a module's, is as many levels, one after the other.
/// </summary>
internal sealed class OwnTopics(string device)
{
    // What a hub sends its devices by; here it comes to the one that asked, not through the broker.
    private const string HubTopics = "$iothub/", Share = "$share/";

    private readonly string? _moduleTopics = device.Split('/') is [var gateway, var module] ? $"devices/{gateway}/modules/{module}/" : null;

    /// <summary>Whether a topic is one of them.</summary>
    public bool Holds(ReadOnlySpan<char> topic) => IndexIn(topic) >= 0;

    /// <summary>Whether every topic that a filter matches is one of them: the id stands in it, and no wildcard before it. A shared subscription is judged by its filter.</summary>
    public bool MaySubscribe(string filter)
    {
        string plain = Subscriptions.Plain(filter);
        if (plain.StartsWith(Share, StringComparison.Ordinal)) return false; // a group without a filter
        if (plain.StartsWith(HubTopics, StringComparison.Ordinal) || (_moduleTopics is not null && plain.StartsWith(_moduleTopics, StringComparison.Ordinal))) return true;
        int at = IndexIn(plain);
        return at >= 0 && !plain.AsSpan(0, at).ContainsAny('+', '#');
    }

    private int IndexIn(ReadOnlySpan<char> topic)
    {
        for (int from = 0; topic[from..].IndexOf(device) is >= 0 and int found; from += found + 1)
        {
            (int at, int end) = (from + found, from + found + device.Length);
            if ((at == 0 || topic[at - 1] == '/') && (end == topic.Length || topic[end] == '/')) return at;
        }

        return -1;
    }
}
