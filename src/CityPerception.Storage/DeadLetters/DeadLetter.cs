using System.Collections.Immutable;
using System.Security.Cryptography;
using CityPerception.Core.Observations;

namespace CityPerception.Storage.DeadLetters;

/// <summary>What the payload of a <see cref="DeadLetter"/> is. The numbers are on the disk: only ever appended to.</summary>
public enum DeadLetterKind
{
    /// <summary>A message as a source received it: to be decoded and mapped again.</summary>
    Message = 1,

    /// <summary>A line that the store refused: to be offered again as it is.</summary>
    Line = 2,

    /// <summary>The raw bytes of a spool record that the disk damaged. Nobody knows any more what they said.</summary>
    SpoolRecord = 3,
}

/// <summary>Something that could not be decoded, mapped or stored: the original bytes, where they came from, and why.</summary>
public sealed record DeadLetter
{
    /// <summary>So many rejections of one message are kept; <see cref="RejectionCount"/> counts them all.</summary>
    public const int MaxRejections = 100;

    /// <summary>
    /// A UUID of version 7, which sorts by time. That of a line is made of its bytes (version 8): a line that the store
    /// refuses once more, after a replay or a crash, is the same letter and not a second one.
    /// </summary>
    public required Guid Id { get; init; }

    public required DeadLetterKind Kind { get; init; }

    /// <summary>The source's name; empty if unknown.</summary>
    public required string Source { get; init; }

    /// <summary>mqtt, http, hj212 …; <c>store</c> and <c>spool</c> for what was refused or damaged behind the sources.</summary>
    public required string Transport { get; init; }

    /// <summary>The MQTT topic, or the path of the request; null if there is none.</summary>
    public string? Topic { get; init; }

    /// <summary>What travelled beside the payload (headers, query, MQTT 5 user properties) and is no secret; null for nothing.</summary>
    public IReadOnlyDictionary<string, string>? Properties { get; init; }

    /// <summary>A retained MQTT message.</summary>
    public bool Retained { get; init; }

    /// <summary>When the message arrived, or the store refused the line.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>At least one and at most <see cref="MaxRejections"/>: the elements of the message that were refused when it came.</summary>
    public required ImmutableArray<Rejection> Rejections { get; init; }

    /// <summary>How many elements were refused in all when it came.</summary>
    public required int RejectionCount { get; init; }

    /// <summary>The bytes as they came, whole, good elements included.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>It may hold words of people: encrypted on the disk, shown masked, and removed sooner.</summary>
    public bool IsPersonal { get; init; }

    /// <summary>The name of the key that would open it, if that is not to be had: topic, properties, payload and places are then empty. Null for a letter that can be read.</summary>
    public string? MissingKey { get; init; }

    /// <summary>How many bytes the payload has, also of one that cannot be read.</summary>
    public int PayloadBytes => MissingKey is null ? Payload.Length : LockedBytes;

    /// <summary>What the last replay made of it; null if there was none.</summary>
    public DeadLetterMark? Mark { get; init; }

    /// <summary>Where it lies in the log it was read from; 0 for one that was not read. Later letters have higher ones.</summary>
    public long Address { get; init; }

    public DeadLetterState State => Mark?.State ?? DeadLetterState.Open;

    /// <summary>Why it is refused by what is known now: the last replay's rejections, or the first ones.</summary>
    public ImmutableArray<Rejection> CurrentRejections => Mark is { Rejections.Length: > 0 } ? Mark.Rejections : Rejections;

    /// <summary>How many of them there are in all.</summary>
    public int CurrentRejectionCount => Mark is { Rejections.Length: > 0 } ? Mark.RejectionCount : RejectionCount;

    /// <summary>The first reason, by which the letter is counted.</summary>
    public RejectionReason Reason => CurrentRejections[0].Reason;

    /// <summary>A new letter. Keeps the first <see cref="MaxRejections"/> of the rejections.</summary>
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
            Id = kind is DeadLetterKind.Line ? IdOf(payload.Span) : Guid.CreateVersion7(time),
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

    /// <summary>How many bytes the payload of a letter has that cannot be read.</summary>
    internal int LockedBytes { get; init; }

    /// <summary>Whether an id is made of the letter's bytes, so that several records of the log may have it.</summary>
    internal static bool IsOfContent(Guid id) => id.Version == 8;

    // RFC 9562, 5.8. SHA-256, so that nobody can make up a line that hides another.
    private static Guid IdOf(ReadOnlySpan<byte> line)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(line, hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
