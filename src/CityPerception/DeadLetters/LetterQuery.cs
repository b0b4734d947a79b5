using System.Collections.Frozen;
using System.Globalization;
using CityPerception.Cli;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Observability;
using CityPerception.Storage.DeadLetters;

namespace CityPerception.DeadLetters;

/// <summary>Which letters, as people and programs write it. What is null does not matter.</summary>
internal record LetterQuery
{
    /// <summary>More ids are asked for in several calls.</summary>
    public const int MaxIds = 1000;

    /// <summary>The longest of the texts.</summary>
    private const int MaxText = 1000;

    public string? Source { get; init; }

    /// <summary>One of the fixed list, in snake_case.</summary>
    public string? Reason { get; init; }

    /// <summary>ISO 8601 (UTC where it names no zone), or a while ago: <c>90s</c>, <c>30m</c>, <c>2h</c>, <c>7d</c>.</summary>
    public string? Since { get; init; }

    /// <summary>The same, exclusive.</summary>
    public string? Until { get; init; }

    /// <summary>An MQTT topic filter, for paths of requests as well.</summary>
    public string? Topic { get; init; }

    /// <summary>Stands in the path or detail of a reason.</summary>
    public string? Text { get; init; }

    public IReadOnlyList<string>? Ids { get; init; }

    /// <summary>open (also without it), replayed, or all.</summary>
    public string? State { get; init; }

    /// <summary>At most so many.</summary>
    public int? Limit { get; init; }

    /// <summary>How many letters are asked for by id; one that is named twice is one.</summary>
    public int CountIds() => Ids?.Distinct(StringComparer.OrdinalIgnoreCase).Count() ?? 0;

    /// <summary>Reads it. Gives back what is wrong with it, or null.</summary>
    public string? TryRead(DateTimeOffset now, int defaultLimit, int maxLimit, out DeadLetterFilter filter)
    {
        filter = new DeadLetterFilter();
        foreach ((string name, string? text) in new[] { ("source", Source), ("topic", Topic), ("text", Text) })
            if (text?.Length is 0 or > MaxText) return $"{name} has {text!.Length} characters; allowed: 1 to {MaxText}.";

        RejectionReason? reason = null;
        if (Reason is not null && (reason = ReasonOf(Reason)) is null)
            return $"reason is '{Reason}'{Hints.DidYouMean(Reason, IngestMetrics.ReasonNames.Values)} The reasons are {string.Join(", ", IngestMetrics.ReasonNames.Values.Order())}.";
        if (!TryMoment(Since, now, out DateTimeOffset? since)) return MomentFault("since", Since!);
        if (!TryMoment(Until, now, out DateTimeOffset? until)) return MomentFault("until", Until!);
        if (Topic is not null && !TopicFilter.IsValid(Topic)) return $"topic is '{Topic}'; allowed: an MQTT topic filter such as city/aq/+/telemetry or city/#.";
        if (State is not null && !LetterNames.StateChoices.Contains(State)) return $"state is '{State}'; allowed: {string.Join(", ", LetterNames.StateChoices)}.";
        if (Limit is { } wanted && (wanted < 1 || wanted > maxLimit)) return $"limit is {wanted}; allowed: 1 to {maxLimit}.";
        if (Ids?.Count > MaxIds) return $"{Ids.Count} ids; allowed: at most {MaxIds} at once.";

        var ids = new HashSet<Guid>();
        foreach (string text in Ids ?? [])
        {
            if (!Guid.TryParse(text, out Guid id)) return $"'{text}' is not the id of a dead letter; the list shows them.";
            ids.Add(id);
        }

        filter = new DeadLetterFilter
        {
            Source = Source,
            Reason = reason,
            Since = since,
            Until = until,
            Topic = Topic,
            Text = Text,
            Ids = ids.Count == 0 ? null : ids.ToFrozenSet(),
            State = Enum.GetValues<DeadLetterState>().Where(s => LetterNames.Of(s) == (State ?? LetterNames.Of(DeadLetterState.Open))).Select(s => (DeadLetterState?)s).FirstOrDefault(),
            Limit = Limit ?? defaultLimit,
        };
        return null;
    }

    private static RejectionReason? ReasonOf(string name) =>
        IngestMetrics.ReasonNames.Where(r => r.Value == name).Select(r => (RejectionReason?)r.Key).FirstOrDefault();

    internal static string MomentFault(string name, string text) =>
        $"{name} is '{text}'; allowed: a time such as 2026-03-01T08:00:00Z or 2026-03-01, or a while ago such as 90s, 30m, 2h, 7d.";

    internal static bool TryMoment(string? text, DateTimeOffset now, out DateTimeOffset? moment)
    {
        moment = null;
        if (text is null) return true;
        if (text.Length is > 1 and < 10 && long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            double? seconds = text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => null };
            if (seconds is null || seconds * number > (now - DateTimeOffset.UnixEpoch).TotalSeconds) return false;
            moment = now - TimeSpan.FromSeconds(seconds.Value * number);
            return true;
        }

        // What the list prints, and what people type of it. A culture's own forms (03/01/26) would be read one way or the other.
        if (text is not [_, _, _, _, '-', ..] || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset read)) return false;
        moment = read;
        return true;
    }
}

/// <summary>Which letters to replay, and how.</summary>
internal sealed record ReplayRequest : LetterQuery
{
    /// <summary>So many, if it does not say: all that the log may hold.</summary>
    public const int DefaultLimit = 10_000_000;

    /// <summary>Say what would become of them, and change nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Also those that are replayed already.</summary>
    public bool Again { get; init; }

    /// <summary>Reads it. Gives back what is wrong with it, or null.</summary>
    public string? TryRead(DateTimeOffset now, out DeadLetterFilter filter) =>
        (Again && State is null ? this with { State = LetterNames.AnyState } : this).TryRead(now, DefaultLimit, DefaultLimit, out filter);
}

/// <summary>Which letters to discard, and why. Only open ones are.</summary>
internal sealed record DiscardRequest : LetterQuery
{
    /// <summary>The longest of reasons.</summary>
    public const int MaxWhy = 200;

    /// <summary>Why nothing is to be made of them.</summary>
    public string? Why { get; init; }

    /// <summary>Say how many they are, and change nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Reads it. Gives back what is wrong with it, or null.</summary>
    public string? TryRead(DateTimeOffset now, out DeadLetterFilter filter)
    {
        filter = new DeadLetterFilter();
        if (string.IsNullOrWhiteSpace(Why) || Why.Length > MaxWhy) return $"why has {Why?.Trim().Length ?? 0} characters; allowed: 1 to {MaxWhy}, which say why nothing is to be made of them.";
        if (State is not null && State != LetterNames.Of(DeadLetterState.Open)) return $"state is '{State}'; allowed: {LetterNames.Of(DeadLetterState.Open)}, since only open letters are discarded.";
        // Without anything a replay takes all; that all be given up is to be said.
        return Ids is null or { Count: 0 } && (Source ?? Reason ?? Since ?? Until ?? Topic ?? Text) is null
            ? "No letters are named; allowed: ids, or at least one of source, reason, since, until, topic, text."
            : TryRead(now, ReplayRequest.DefaultLimit, ReplayRequest.DefaultLimit, out filter);
    }
}
