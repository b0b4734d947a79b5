using CityPerception.Core.LineProtocol;
using CityPerception.Core.Observations;

namespace CityPerception.DeadLetters;

/// <summary>What a dead letter becomes with the configuration of now. Reused from letter to letter.</summary>
internal sealed class LetterOutcome
{
    private readonly List<LetterPart> _parts = [];
    private readonly List<Rejection> _rejections = [];

    /// <summary>The observations, of all sources that the letter is for.</summary>
    public LineBuffer Lines { get; } = new();

    /// <summary>What each of these sources made of it.</summary>
    public IReadOnlyList<LetterPart> Parts => _parts;

    /// <summary>Why elements are refused, for the first hundred or so of a source.</summary>
    public IReadOnlyList<Rejection> Rejections => _rejections;

    /// <summary>How many elements are refused.</summary>
    public int RejectedCount { get; private set; }

    /// <summary>Nothing can ever be made of it: the disk damaged it, or its key is not to be had.</summary>
    public bool IsHopeless { get; private set; }

    public void Clear()
    {
        Lines.Clear();
        _parts.Clear();
        _rejections.Clear();
        (RejectedCount, IsHopeless) = (0, false);
    }

    public void GiveUp() => IsHopeless = true;

    /// <summary>Adds a source's part, whose lines have been written to <see cref="Lines"/>.</summary>
    /// <param name="source">Whose.</param>
    /// <param name="start">Where its lines begin.</param>
    /// <param name="linesBefore">How many lines there were before.</param>
    /// <param name="filtered">Elements that its condition left out.</param>
    /// <param name="rejections">Those that are noted.</param>
    /// <param name="rejectedCount">All that are refused.</param>
    public void Add(string source, int start, int linesBefore, int filtered, IReadOnlyList<Rejection> rejections, int rejectedCount)
    {
        _parts.Add(new LetterPart(source, start, Lines.Length - start, Lines.LineCount - linesBefore, filtered, [.. rejections], rejectedCount));
        _rejections.AddRange(rejections);
        RejectedCount += rejectedCount;
    }
}

/// <summary>What one source makes of a letter.</summary>
/// <param name="Source">Its name.</param>
/// <param name="Start">Where its lines begin.</param>
/// <param name="Length">How many bytes they have.</param>
/// <param name="LineCount">How many they are.</param>
/// <param name="Filtered">Elements that its condition left out.</param>
/// <param name="Rejections">Why elements are refused.</param>
/// <param name="RejectedCount">How many are.</param>
internal readonly record struct LetterPart(string Source, int Start, int Length, int LineCount, int Filtered, Rejection[] Rejections, int RejectedCount);
