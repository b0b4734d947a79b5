using CityPerception.Core.Observations;
using CityPerception.Core.Text.Similarity;

namespace CityPerception.Storage.Links;

/// <summary>By what two appeals are told to be at one place. Where it tells against that they are not linked.</summary>
public enum PlaceEvidence { None, District, SameGrid, PlaceNamed, Distance }

/// <summary>How alike two appeals are, part by part.</summary>
/// <param name="Score">The weighted sum of the parts.</param>
/// <param name="Text">The share of signs and pairs of signs that is common.</param>
/// <param name="Place">1 the same place, 0.5 not known.</param>
/// <param name="Evidence">By what that is known.</param>
/// <param name="Category">1 the same, 0 another, 0.5 where the two kinds of appeal have categories of their own.</param>
/// <param name="Time">1 at once, 0 at the end of the window.</param>
/// <param name="Metres">How far apart, where both have a position.</param>
/// <param name="Hours">How far apart in time.</param>
public sealed record Match(double Score, double Text, double Place, PlaceEvidence Evidence, double Category, double Time, double? Metres, double Hours);

/// <summary>Whether two appeals speak of the same matter. The same whichever is asked first.</summary>
public sealed class LinkRule(AppealLinkOptions options)
{
    private const double MetresPerDegree = 111_320, NsPerHour = 3.6e12;

    // A place that only one of them narrows down speaks neither for nor against.
    private const double Unsure = 0.5, SameGrid = 0.9, Sure = 1;

    private readonly long _windowNs = options.Window.Ticks * ObservationTime.NsPerTick;

    /// <summary>The most that two appeals may be apart, in ns.</summary>
    public long WindowNs => _windowNs;

    /// <summary>In metres.</summary>
    public double MaxDistance => options.MaxDistance;

    /// <summary>How alike two are; null if they are not the same matter.</summary>
    public Match? Find(AppealFacts a, AppealFacts b) => Compare(a, b) is { } match && match.Text >= options.MinText && match.Score >= options.Threshold ? match : null;

    /// <summary>How alike two are; null where time or place alone rule out that they are the same.</summary>
    public Match? Compare(AppealFacts a, AppealFacts b)
    {
        long apart = Math.Abs(a.TimeNs - b.TimeNs);
        if (apart > _windowNs) return null;
        double? metres = Metres(a, b);
        if (metres > options.MaxDistance) return null;
        if (metres is null && a.District is { } one && b.District is { } other && !Contains(one, other) && !Contains(other, one)) return null;

        // 3号楼's lift is not 7号楼's, however alike the words.
        if (a.Fingerprint.NumbersContradict(b.Fingerprint) || Place(a, b, metres) is not { Place: var place, Evidence: var evidence }) return null;

        double text = a.Fingerprint.Similarity(b.Fingerprint);
        double category = a.Category == b.Category ? 1 : a.Measurement == b.Measurement ? 0 : Unsure;
        double time = 1 - (double)apart / _windowNs;
        double score = options.TextWeight * text + options.PlaceWeight * place + options.CategoryWeight * category + options.TimeWeight * time;
        return new Match(score, text, place, evidence, category, time, metres, apart / NsPerHour);
    }

    // Null where they are at two places.
    private (double Place, PlaceEvidence Evidence)? Place(AppealFacts a, AppealFacts b, double? metres)
    {
        PlaceAgreement named = a.Fingerprint.Places(b.Fingerprint);
        if (named is PlaceAgreement.Shared) return (Sure, PlaceEvidence.PlaceNamed);
        // Within the distance a corner has two names; the nearer the likelier is it one place.
        if (metres is { } distance) return ((Sure - 0.5 * distance / options.MaxDistance) * (named is PlaceAgreement.Different ? Unsure : Sure), PlaceEvidence.Distance);
        if (named is PlaceAgreement.Different) return null;
        if (a.Grid is not null && b.Grid is not null) return a.Grid == b.Grid ? (SameGrid, PlaceEvidence.SameGrid) : null;
        return (Unsure, a.District is null || b.District is null ? PlaceEvidence.None : PlaceEvidence.District);
    }

    // GB/T 2260: the codes of a city and of a province end in zeros, and begin as those of their districts do.
    private static bool Contains(string wide, string narrow) => narrow.AsSpan().StartsWith(Trim(wide));

    private static ReadOnlySpan<char> Trim(string code)
    {
        ReadOnlySpan<char> rest = code;
        while (rest.EndsWith("00")) rest = rest[..^2];
        return rest;
    }

    // A plane does for some hundred metres.
    private static double? Metres(AppealFacts a, AppealFacts b)
    {
        if (a is not { Lat: { } latA, Lon: { } lonA } || b is not { Lat: { } latB, Lon: { } lonB }) return null;
        double north = (latB - latA) * MetresPerDegree, east = (lonB - lonA) * MetresPerDegree * Math.Cos((latA + latB) / 2 * Math.PI / 180);
        return Math.Sqrt(north * north + east * east);
    }
}
