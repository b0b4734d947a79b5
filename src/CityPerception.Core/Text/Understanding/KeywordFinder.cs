using System.Buffers;
using CityPerception.Core.Text.Masking;

namespace CityPerception.Core.Text.Understanding;

/// <summary>
/// Finds the words that say what a text is about. The text is segmented into the likeliest words (those of jieba's
/// dictionary, and the city's own of <c>text/keywords.csv</c>); of its nouns, verbs and set phrases the rarest and most
/// repeated are taken. Names of people are none, nor is anything that is masked.
/// </summary>
public sealed class KeywordFinder
{
    /// <summary>Of longer texts only so many signs are segmented.</summary>
    public const int MaxSigns = 512;

    /// <summary>How many keywords a text has if nobody says otherwise.</summary>
    public const int DefaultWords = 5;

    /// <summary>No text has more keywords.</summary>
    public const int MaxWords = 10;

    // A word of the city's own is as good as certain; a sign that is in no dictionary is rarer than any word.
    private const float OwnCost = 8, UnknownCost = 25;

    // A word of the city's own counts as much as a rare one.
    private const float OwnWeight = 14;

    private static readonly SearchValues<char> DigitsAndMasks = SearchValues.Create("0123456789*");

    private readonly PlainSigns _signs;
    private readonly WordIndex<bool> _own;

    /// <param name="signs">How signs are read.</param>
    /// <param name="own">The city's words: true for those that are keywords, false for those that never are.</param>
    internal KeywordFinder(PlainSigns signs, IEnumerable<KeyValuePair<string, bool>> own)
    {
        _signs = signs;
        _own = new WordIndex<bool>(own.Select(w => KeyValuePair.Create(signs.Of(w.Key), w.Value)));
    }

    /// <summary>Begins to load what finding needs.</summary>
    public static void Prepare() => ChineseDictionary.Prepare();

    /// <summary>The words, the weightiest first, with a space between them; empty for none.</summary>
    /// <param name="utf8">The text, which may hold personal data.</param>
    /// <param name="most">How many at most, up to <see cref="MaxWords"/>.</param>
    public string Find(ReadOnlySpan<byte> utf8, int most)
    {
        ReadOnlySpan<char> text = _signs.Read(PersonalData.Mask(utf8), stackalloc char[PlainSigns.MaxLength]);
        if (text.Length > MaxSigns) text = text[..MaxSigns];
        Span<Piece> best = stackalloc Piece[text.Length + 1];
        Segment(text, best);

        var weights = new Dictionary<string, (float Weight, int At)>();
        for (int at = 0; at < text.Length; at += best[at].Length)
        {
            ReadOnlySpan<char> word = text.Slice(at, best[at].Length);
            if (best[at].Weight <= 0 || word.Length < 2 || word.ContainsAny(DigitsAndMasks)) continue;
            string key = word.ToString();
            weights[key] = weights.TryGetValue(key, out (float Weight, int At) earlier) ? (earlier.Weight + best[at].Weight, earlier.At) : (best[at].Weight, at);
        }

        return string.Join(' ', weights.OrderByDescending(w => w.Value.Weight).ThenBy(w => w.Value.At).Take(Math.Clamp(most, 1, MaxWords)).Select(w => w.Key));
    }

    // From the end to the beginning: of all ways to cut the rest of the text the likeliest one.
    private void Segment(ReadOnlySpan<char> text, Span<Piece> best)
    {
        WordIndex<DictionaryWord> dictionary = ChineseDictionary.Words;
        best[text.Length] = default;
        for (int at = text.Length - 1; at >= 0; at--)
        {
            ReadOnlySpan<char> rest = text[at..];
            var chosen = new Piece(1, UnknownCost + best[at + 1].Cost, 0);
            WordIndex<DictionaryWord>.Beginning words = dictionary.BeginningsOf(rest);
            while (words.MoveNext())
                chosen = Cheaper(chosen, new Piece(words.Length, words.Value.Cost + best[at + words.Length].Cost, words.Value.SaysTopic ? words.Value.Cost : 0));
            WordIndex<bool>.Beginning own = _own.BeginningsOf(rest);
            while (own.MoveNext())
                chosen = Cheaper(chosen, new Piece(own.Length, OwnCost + best[at + own.Length].Cost, own.Value ? OwnWeight : 0));
            best[at] = chosen;
        }
    }

    private static Piece Cheaper(Piece one, Piece other) => other.Cost < one.Cost ? other : one;

    /// <summary>A word that begins at a place, in the likeliest cut of the text from there on.</summary>
    /// <param name="Length">Of the word.</param>
    /// <param name="Cost">Of the word and all that follow.</param>
    /// <param name="Weight">As a keyword; 0 for none.</param>
    private readonly record struct Piece(int Length, float Cost, float Weight);
}
