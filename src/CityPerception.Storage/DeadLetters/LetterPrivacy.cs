namespace CityPerception.Storage.DeadLetters;

/// <summary>Which letters are encrypted, and by what.</summary>
/// <param name="keys">The keys.</param>
/// <param name="sense">Tells which; without it every letter is one of people.</param>
public sealed class LetterPrivacy(LetterKeys keys, ILetterSense? sense)
{
    public LetterKeys Keys => keys;

    internal bool IsPersonal(DeadLetter letter) => letter.IsPersonal || sense?.IsPersonal(letter) is not false;
}
