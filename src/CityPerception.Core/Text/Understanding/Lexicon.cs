using System.Text;

namespace CityPerception.Core.Text.Understanding;

/// <summary>
/// Scores a text by the words of <c>text/lexicon.csv</c>: −1 bad, 0 neither, 1 good. docs/text.md is its description. The
/// same text has the same score, always.
/// </summary>
/// <remarks>
/// At each place the longest word of the lexicon is taken. Words that turn around or strengthen act on the next word that
/// says something, in the same clause and not further than <see cref="Reach"/> signs away.
/// </remarks>
public sealed class Lexicon
{
    /// <summary>How many signs may lie between a word and what it turns around or strengthens.</summary>
    public const int Reach = 6;

    // Sums go to −1…1 as sum ÷ √(sum² + this): one plain word gives 0.25, three strong ones 0.92.
    private const double Flatness = 15;

    private readonly PlainSigns _signs;
    private readonly WordIndex<LexiconWord> _words;

    internal Lexicon(PlainSigns signs, IEnumerable<KeyValuePair<string, LexiconWord>> words)
    {
        _signs = signs;
        _words = new WordIndex<LexiconWord>(words.Select(w => KeyValuePair.Create(signs.Of(w.Key), w.Value)));
    }

    /// <summary>How many words it has.</summary>
    public int Count => _words.Count;

    /// <summary>The score of a text, with three decimals; of text without any of the words 0. Never throws.</summary>
    /// <param name="utf8">The text; of what is longer than <see cref="PlainSigns.MaxLength"/> its beginning.</param>
    public double Score(ReadOnlySpan<byte> utf8) => ToScore(Sum(utf8, null));

    /// <summary>The score and the words that made it.</summary>
    public SentimentExplanation Explain(string text)
    {
        List<SentimentStep> steps = [];
        double sum = Sum(Encoding.UTF8.GetBytes(text), steps);
        return new SentimentExplanation(ToScore(sum), Math.Round(sum, 3), steps);
    }

    private static double ToScore(double sum) => Math.Round(sum / Math.Sqrt(sum * sum + Flatness), 3);

    private double Sum(ReadOnlySpan<byte> utf8, List<SentimentStep>? steps)
    {
        ReadOnlySpan<char> text = _signs.Read(utf8, stackalloc char[PlainSigns.MaxLength]);
        var state = new State();
        for (int at = 0; at < text.Length;)
        {
            if (!_words.TryLongest(text[at..], out int length, out LexiconWord word) || IsWithinLatinWord(text, at, length))
            {
                state.Pass(text[at++]);
                continue;
            }

            double effect = state.Take(word, at, length);
            steps?.Add(new SentimentStep(at, text.Slice(at, length).ToString(), word, Math.Round(effect, 3)));
            at += length;
        }

        return state.Sum;
    }

    // Chinese words need nothing between them; "bad" is not in "badge".
    private static bool IsWithinLatinWord(ReadOnlySpan<char> text, int at, int length) =>
        (char.IsAsciiLetter(text[at]) && at > 0 && char.IsAsciiLetter(text[at - 1]))
        || (char.IsAsciiLetter(text[at + length - 1]) && at + length < text.Length && char.IsAsciiLetter(text[at + length]));

    private ref struct State()
    {
        private double _factor = 1, _question = 1;
        private int _reachesTo = -1;

        public double Sum { get; private set; }

        public void Pass(char sign)
        {
            if (sign is ',' or '、' or ';' or ':') _reachesTo = -1;
            else if (sign is '。' or '!' or '?' or '.' or '\n' or '…') (_reachesTo, _question) = (-1, 1);
        }

        public double Take(LexiconWord word, int at, int length)
        {
            double factor = at <= _reachesTo ? _factor : 1;
            switch (word.Kind)
            {
                case LexiconKind.Word when word.Weight == 0:
                    return 0;
                case LexiconKind.Word:
                    double added = word.Weight * factor * _question;
                    Sum += added;
                    _reachesTo = -1;
                    return added;
                case LexiconKind.Question:
                    _question *= word.Weight;
                    return word.Weight;
                case LexiconKind.Contrast:
                    Sum *= word.Weight;
                    _reachesTo = -1;
                    return word.Weight;
                default:
                    (_factor, _reachesTo) = (factor * word.Weight, at + length + Reach);
                    return word.Weight;
            }
        }
    }
}
