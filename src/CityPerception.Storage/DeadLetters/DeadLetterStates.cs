using CityPerception.Storage.Spooling;

namespace CityPerception.Storage.DeadLetters;

/// <summary>
/// What a log says about the state of its letters. Records are noted from the newest to the oldest, so the first mark of a
/// letter decides. Keeps some 70 bytes a letter that was ever replayed, and nothing for the others.
/// </summary>
/// <remarks>
/// A line may be refused once more before the mark of its replay is written. So a mark names the address of the letter that
/// it is about, and says nothing of a newer one of the same id.
/// </remarks>
internal sealed class DeadLetterStates
{
    // The address of the mark that decides; entries begin at multiples of four, so the two lowest bits tell the state.
    private const long StateBits = 3;

    private readonly Dictionary<Guid, (long Mark, long About)> _marks = [];

    // Where the newest letter of an id that is made of its content lies.
    private readonly Dictionary<Guid, long> _versions = [];

    /// <summary>Takes note of a record.</summary>
    public void Note(in LogItem record)
    {
        ReadOnlySpan<byte> body = record.Body.Span;
        switch (record.Head.Kind)
        {
            case RecordKind.LettersReplayed:
                for (int i = 0; i < body.Length / DeadLetterMarkFormat.ReplayedBytes; i++)
                {
                    ReplayedLetter replayed = DeadLetterMarkFormat.ReadReplayed(body, i);
                    _marks.TryAdd(replayed.Id, (record.Address | (long)DeadLetterState.Replayed, replayed.Address));
                }

                break;
            case RecordKind.LetterRejected:
                (Guid rejected, long about) = DeadLetterMarkFormat.ReadHead(body);
                _marks.TryAdd(rejected, (record.Address, about));
                break;
            case RecordKind.LetterDiscarded:
                (Guid discarded, long its) = DeadLetterMarkFormat.ReadHead(body);
                _marks.TryAdd(discarded, (record.Address | (long)DeadLetterState.Discarded, its));
                break;
            case RecordKind.DeadLetter:
                (Guid id, int part, _) = DeadLetterFormat.ReadPartHead(body);
                if (part == 0 && DeadLetter.IsOfContent(id)) _versions.TryAdd(id, record.Address);
                break;
        }
    }

    /// <summary>Whether the letter at this address is not there any more, because a newer record has its id.</summary>
    public bool IsSuperseded(Guid id, long address) => _versions.TryGetValue(id, out long newest) && newest != address;

    /// <summary>The state of the letter at an address, and where the mark is that decides it; 0 for none.</summary>
    public (DeadLetterState State, long Mark) Of(Guid id, long address)
    {
        if (!_marks.TryGetValue(id, out (long Mark, long About) found) || found.About != address) return (DeadLetterState.Open, 0);
        return ((DeadLetterState)(found.Mark & StateBits), found.Mark & ~StateBits);
    }
}
