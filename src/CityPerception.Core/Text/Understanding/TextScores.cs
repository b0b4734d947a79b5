using System.Text;

namespace CityPerception.Core.Text.Understanding;

/// <summary>
/// What somebody else's scorer says of the texts of one message. Until it has been asked, this notes which texts a mapping wants
/// scores of, and the lexicon gives them; afterwards the answers do, and the lexicon where there is none. One thread at a time.
/// </summary>
public sealed class TextScores
{
    private readonly Dictionary<byte[], int> _places = new(Utf8Comparer.Instance);
    private readonly List<string> _texts = [];
    private IReadOnlyList<double>? _answers;

    /// <summary>The texts that scores were wanted of, each once, as the message has them.</summary>
    public IReadOnlyList<string> Texts => _texts;

    /// <summary>Takes the answers, which count from now on.</summary>
    /// <param name="scores">One for each of <see cref="Texts"/>, from −1 to 1.</param>
    /// <exception cref="ArgumentException">They are not as many.</exception>
    public void Answer(IReadOnlyList<double> scores)
    {
        if (scores.Count != _texts.Count) throw new ArgumentException($"{scores.Count} scores for {_texts.Count} texts.", nameof(scores));
        _answers = scores;
    }

    internal double Of(ReadOnlySpan<byte> text, Lexicon lexicon)
    {
        Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> places = _places.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (_answers is not null) return places.TryGetValue(text, out int at) ? _answers[at] : lexicon.Score(text);
        if (places.TryAdd(text, _texts.Count)) _texts.Add(Encoding.UTF8.GetString(text));
        return lexicon.Score(text);
    }
}
