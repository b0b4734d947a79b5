namespace CityPerception.Core.Text.Understanding;

/// <summary>What a word of the lexicon does.</summary>
public enum LexiconKind
{
    /// <summary>Says something good or bad: its weight, −3 to 3, is added. With 0 it hides words that are part of it (好几).</summary>
    Word,

    /// <summary>Turns the next word around: its weight, −2 to 0, is a factor of it.</summary>
    Negation,

    /// <summary>Makes the next word stronger or weaker: its weight, 0 to 3, is a factor of it.</summary>
    Degree,

    /// <summary>A question, or something only planned: its weight, 0 to 1, is a factor of all words in the rest of the sentence.</summary>
    Question,

    /// <summary>What follows is the point: its weight, 0 to 1, is a factor of all that came before.</summary>
    Contrast,
}

/// <summary>A word of the lexicon.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Weight">How much; what it means depends on the kind.</param>
public readonly record struct LexiconWord(LexiconKind Kind, double Weight)
{
    internal static IReadOnlyDictionary<string, (LexiconKind Kind, double Least, double Most)> Kinds { get; } = new Dictionary<string, (LexiconKind, double, double)>
    {
        ["word"] = (LexiconKind.Word, -3, 3),
        ["negation"] = (LexiconKind.Negation, -2, 0),
        ["degree"] = (LexiconKind.Degree, 0, 3),
        ["question"] = (LexiconKind.Question, 0, 1),
        ["contrast"] = (LexiconKind.Contrast, 0, 1),
    };
}

/// <summary>A word that counted, for people who ask why a text has its score.</summary>
/// <param name="At">Where in the text, in UTF-16 code units from 0.</param>
/// <param name="Word">As the lexicon has it.</param>
/// <param name="Entry">What the lexicon says of it.</param>
/// <param name="Effect">What it added; of a word that only changes others, its factor.</param>
public sealed record SentimentStep(int At, string Word, LexiconWord Entry, double Effect);

/// <summary>A score, and how it came to be.</summary>
/// <param name="Score">−1 to 1.</param>
/// <param name="Sum">What the words add up to.</param>
/// <param name="Steps">The words that counted, in the order of the text.</param>
public sealed record SentimentExplanation(double Score, double Sum, IReadOnlyList<SentimentStep> Steps);
