namespace CityPerception.Storage.DeadLetters;

/// <summary>Tells letters that may hold words of people from those of things.</summary>
public interface ILetterSense
{
    /// <summary>Whether the letter is to be encrypted: always, unless it is certain that nobody's words are in it.</summary>
    bool IsPersonal(DeadLetter letter);
}
