using System.Collections.Frozen;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Core.Text.Masking;

namespace CityPerception.Storage.DeadLetters;

/// <summary>Which dead letters to read. What is null does not matter.</summary>
public sealed record DeadLetterFilter
{
    public string? Source { get; init; }

    /// <summary>One of the letter's current rejections has this reason.</summary>
    public RejectionReason? Reason { get; init; }

    /// <summary>Not before.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Before.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>An MQTT topic filter (<c>+</c> and <c>#</c>), for paths of requests as well.</summary>
    public string? Topic { get; init; }

    /// <summary>Stands in the path or detail of one of the current rejections, in capitals or not.</summary>
    public string? Text { get; init; }

    public FrozenSet<Guid>? Ids { get; init; }

    public DeadLetterState? State { get; init; }

    /// <summary>Only letters before this <see cref="DeadLetter.Address"/>: the next page of those that come the latest first.</summary>
    public long? Before { get; init; }

    /// <summary>At most so many.</summary>
    public int Limit { get; init; } = 100;

    /// <summary>The latest first; otherwise the oldest.</summary>
    public bool NewestFirst { get; init; } = true;

    internal bool Matches(DeadLetter letter) =>
        (Source is null || letter.Source == Source)
        && (Reason is not { } reason || letter.CurrentRejections.Any(r => r.Reason == reason))
        && (Topic is null || (letter.Topic is not null && TopicFilter.Matches(Topic, letter.Topic)))
        && (Text is null || letter.CurrentRejections.Any(r => Has(letter, r.Path) || Has(letter, r.Detail)));

    // As it is shown: nobody finds out a number by asking for parts of it.
    private bool Has(DeadLetter letter, string text) => (letter.IsPersonal ? PersonalData.Mask(text) : text).Contains(Text!, StringComparison.OrdinalIgnoreCase);
}

/// <summary>What was read.</summary>
/// <param name="Letters">In the order asked for.</param>
/// <param name="Unreadable">How many places on the way the disk had damaged.</param>
public sealed record DeadLetterPage(IReadOnlyList<DeadLetter> Letters, int Unreadable);
