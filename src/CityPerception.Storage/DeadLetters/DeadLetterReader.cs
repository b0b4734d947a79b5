namespace CityPerception.Storage.DeadLetters;

/// <summary>
/// Reads dead letters from the files of a directory, also while another process writes there: every record carries its
/// own checksum, so one that is not whole yet is not seen yet.
/// </summary>
public sealed class DeadLetterReader
{
    private readonly string _directory;
    private readonly LetterKeys? _keys;
    private readonly Func<long> _begin;

    /// <param name="directory">Where the files lie.</param>
    /// <param name="keys">What opens letters of people; without it they have no content.</param>
    public DeadLetterReader(string directory, LetterKeys? keys)
        : this(directory, keys, static () => 0)
    {
    }

    /// <param name="directory">Where the files lie.</param>
    /// <param name="keys">What opens letters of people.</param>
    /// <param name="begin">What its owner has removed lies before; the files tell it a moment later.</param>
    internal DeadLetterReader(string directory, LetterKeys? keys, Func<long> begin) => (_directory, _keys, _begin) = (directory, keys, begin);

    /// <summary>Reads what the filter asks for. Up to a gibibyte of files may be looked through: about half a second.</summary>
    public DeadLetterPage Read(DeadLetterFilter filter, CancellationToken cancellationToken)
    {
        DeadLetterWalk walk = Walk(filter, cancellationToken);
        List<DeadLetter> letters = [.. walk];
        return new DeadLetterPage(letters, walk.Unreadable);
    }

    /// <summary>The letter with an id, or null.</summary>
    public DeadLetter? Find(Guid id, CancellationToken cancellationToken) =>
        Read(new DeadLetterFilter { Ids = [id], Limit = 1 }, cancellationToken).Letters is [{ } letter] ? letter : null;

    /// <summary>The same, one by one, for as many as there are.</summary>
    public DeadLetterWalk Walk(DeadLetterFilter filter, CancellationToken cancellationToken) => new(_directory, _keys, _begin(), filter, cancellationToken);
}
