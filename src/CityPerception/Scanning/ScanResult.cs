using CityPerception.Core.Text.Masking;

namespace CityPerception.Scanning;

/// <summary>Something that tells who somebody is, where it should not be.</summary>
/// <param name="Where">The place: a column of the store and a time, a file and where in it, a letter and what of it.</param>
/// <param name="Masked">The words about it, masked.</param>
internal sealed record ScanFinding(string Where, string Masked);

/// <summary>One of the places that were looked through.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Texts">How many texts of it were looked at.</param>
/// <param name="Found">How many of them hold something.</param>
/// <param name="Note">What else is to be said: how many letters are encrypted, that there is no such place.</param>
internal sealed record ScanPlace(string Name, long Texts, long Found, string Note);

/// <summary>What a scan looked at and found. Keeps the first findings, and counts all.</summary>
internal sealed class ScanResult
{
    /// <summary>So many findings are told one by one.</summary>
    public const int MaxFindings = 200;

    // About a finding so much is shown.
    private const int Before = 10, Shown = 60;

    private readonly List<ScanPlace> _places = [];
    private readonly List<ScanFinding> _findings = [];
    private readonly List<string> _faults = [];
    private long _texts, _found;

    public IReadOnlyList<ScanPlace> Places => _places;

    public IReadOnlyList<ScanFinding> Findings => _findings;

    /// <summary>What could not be looked at, in words. A scan with any proves nothing.</summary>
    public IReadOnlyList<string> Faults => _faults;

    public long Texts => _places.Sum(p => p.Texts);

    public long Found => _places.Sum(p => p.Found);

    /// <summary>Looks at a text of the place that is being looked through.</summary>
    /// <param name="text">The text.</param>
    /// <param name="where">Names it; asked for when something is found.</param>
    public void Look(string text, Func<string> where)
    {
        _texts++;
        string masked = PersonalData.Mask(text);
        if (masked == text) return;
        _found++;
        if (_findings.Count >= MaxFindings) return;
        int at = 0;
        while (at < masked.Length && masked[at] == text[at]) at++;
        int from = Math.Max(0, at - Before);
        _findings.Add(new ScanFinding(PersonalData.Mask(where()), masked.Substring(from, Math.Min(Shown, masked.Length - from))));
    }

    /// <summary>Something of the place that is being looked through should not be there.</summary>
    public void Find(string what, string where)
    {
        _found++;
        if (_findings.Count < MaxFindings) _findings.Add(new ScanFinding(where, what));
    }

    /// <summary>A place is done with.</summary>
    public void EndPlace(string name, string note = "")
    {
        _places.Add(new ScanPlace(name, _texts, _found, note));
        (_texts, _found) = (0, 0);
    }

    public void Fault(string what) => _faults.Add(what);
}
