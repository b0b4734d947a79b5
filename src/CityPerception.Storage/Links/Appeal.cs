using System.IO.Hashing;
using System.Text;
using CityPerception.Core.Text.Similarity;

namespace CityPerception.Storage.Links;

/// <summary>What somebody told: the point that first carries the words of a case, or a post.</summary>
public sealed record AppealFacts
{
    private readonly string _id = "";

    /// <summary>A ticket's: <c>hotline_ticket:case id</c>. A post's, which has no case: <c>sentiment:source:series:ns</c>.</summary>
    public required string Id
    {
        get => _id;
        init => (_id, Key) = (value, KeyOf(value));
    }

    /// <summary>A short form of <see cref="Id"/>, and the id of its link.</summary>
    public Guid Key { get; private init; }

    public required string Measurement { get; init; }

    public required string Source { get; init; }

    public required long TimeNs { get; init; }

    /// <summary>Hash of the point's tags: with the time it tells which point it is.</summary>
    public required long Series { get; init; }

    public string? District { get; init; }

    public string? Grid { get; init; }

    public string? Category { get; init; }

    /// <summary>WGS-84, both or neither.</summary>
    public double? Lat { get; init; }

    public double? Lon { get; init; }

    public required TextFingerprint Fingerprint { get; init; }

    /// <summary>The short form of an id.</summary>
    public static Guid KeyOf(string id) => new(XxHash128.Hash(Encoding.UTF8.GetBytes(id)), bigEndian: true);

    /// <summary>Whether another reading of the same appeal counts in place of this one: the earlier point, and of one point what was said last, as in the store.</summary>
    public bool GivesWayTo(AppealFacts other)
    {
        int order = (other.TimeNs, other.Series).CompareTo((TimeNs, Series));
        return order < 0 || (order == 0 && !HasSameContent(other));
    }

    private bool HasSameContent(AppealFacts other) =>
        (District, Grid, Category, Lat, Lon) == (other.District, other.Grid, other.Category, other.Lat, other.Lon)
        && Fingerprint.ToBytes().AsSpan().SequenceEqual(other.Fingerprint.ToBytes());
}

/// <summary>An appeal among others: to which matter it belongs, and why.</summary>
internal sealed class Appeal(AppealFacts facts)
{
    public AppealFacts Facts { get; } = facts;

    public Guid Key => Facts.Key;

    /// <summary>The first appeal of its matter; itself if it is that.</summary>
    public Guid Representative { get; set; } = facts.Key;

    /// <summary>The appeal that it was found to be like; null if it is the first of its matter.</summary>
    public Guid? Via { get; set; }

    /// <summary>Why; null where an operator said so, and of the first of a matter.</summary>
    public Match? Why { get; set; }

    /// <summary>An operator put it there.</summary>
    public bool ByHand { get; set; }

    /// <summary>Others may be found to be like it: the first of its matter, and whoever an operator put beside that.</summary>
    public bool IsLeader => Representative == Key || ByHand;

    /// <summary>It has never been settled.</summary>
    public bool IsNew { get; set; } = true;

    /// <summary>It has a row.</summary>
    public bool IsStored { get; set; }

    /// <summary>Another reading of it has taken its place.</summary>
    public bool IsReplaced { get; set; }

    /// <summary>It stands in the index of leaders.</summary>
    public bool IsIndexedAsLeader { get; set; }

    /// <summary>The search that last came by.</summary>
    public long SeenBy { get; set; }
}

/// <summary>The order in which appeals are settled: by time; of one moment by id.</summary>
internal sealed class AppealOrder : IComparer<Appeal>
{
    public static AppealOrder Instance { get; } = new();

    public int Compare(Appeal? x, Appeal? y)
    {
        int order = x!.Facts.TimeNs.CompareTo(y!.Facts.TimeNs);
        return order != 0 ? order : string.CompareOrdinal(x.Facts.Id, y.Facts.Id);
    }

    public static bool IsBefore(Appeal x, Appeal y) => Instance.Compare(x, y) < 0;
}
