using System.Collections.Immutable;
using CityPerception.Core.Observations;

namespace CityPerception.Storage.DeadLetters;

/// <summary>What the payload of a <see cref="DeadLetter"/> is. The numbers are on the disk: only ever appended to.</summary>
public enum DeadLetterKind
{
    /// <summary>A message as a source received it: to be decoded and mapped again.</summary>
    Message = 1,

    /// <summary>A line that the store refused.</summary>
    Line = 2,

    /// <summary>The raw bytes of a spool record that the disk damaged.</summary>
    SpoolRecord = 3,
}

/// <summary>Something that could not be decoded, mapped or stored: the original bytes, where they came from, and why.</summary>
public sealed record DeadLetter
{
    /// <summary>So many rejections of one message are kept; <see cref="RejectionCount"/> counts them all.</summary>
    public const int MaxRejections = 100;

    /// <summary>A UUID of version 7: it sorts by time.</summary>
    public required Guid Id { get; init; }

    public required DeadLetterKind Kind { get; init; }

    /// <summary>The source's name; empty if unknown.</summary>
    public required string Source { get; init; }

    /// <summary>mqtt, http, hj212 …; <c>store</c> and <c>spool</c> for what was refused or damaged behind the sources.</summary>
    public required string Transport { get; init; }

    /// <summary>The MQTT topic, or the path of the request; null if there is none.</summary>
    public string? Topic { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>At least one and at most <see cref="MaxRejections"/>: the elements of the message that were refused.</summary>
    public required ImmutableArray<Rejection> Rejections { get; init; }

    /// <summary>How many elements were refused in all.</summary>
    public required int RejectionCount { get; init; }

    /// <summary>The bytes as they came, whole, good elements included.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The first reason, by which the letter is counted.</summary>
    public RejectionReason Reason => Rejections[0].Reason;

    /// <summary>A letter with a new id. Keeps the first <see cref="MaxRejections"/> of the rejections.</summary>
    public static DeadLetter Create(
        DeadLetterKind kind,
        string source,
        string transport,
        string? topic,
        DateTimeOffset time,
        IReadOnlyCollection<Rejection> rejections,
        ReadOnlyMemory<byte> payload)
    {
        ArgumentOutOfRangeException.ThrowIfZero(rejections.Count);
        return new DeadLetter
        {
            Id = Guid.CreateVersion7(time),
            Kind = kind,
            Source = source,
            Transport = transport,
            Topic = topic,
            Time = time,
            Rejections = [.. rejections.Take(MaxRejections)],
            RejectionCount = rejections.Count,
            Payload = payload,
        };
    }
}

/// <summary>Which dead letters to read. What is null does not matter.</summary>
public sealed record DeadLetterFilter
{
    public string? Source { get; init; }

    /// <summary>One of the letter's rejections has this reason.</summary>
    public RejectionReason? Reason { get; init; }

    /// <summary>Not before.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Before.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>At most so many.</summary>
    public int Limit { get; init; } = 100;

    /// <summary>The latest first; otherwise the oldest.</summary>
    public bool NewestFirst { get; init; } = true;
}

/// <summary>What was read.</summary>
/// <param name="Letters">In the order asked for.</param>
/// <param name="Unreadable">How many places on the way the disk had damaged.</param>
public sealed record DeadLetterPage(IReadOnlyList<DeadLetter> Letters, int Unreadable);
