using System.Runtime.InteropServices;
using CityPerception.Storage.Spooling;

namespace CityPerception.Storage.DeadLetters;

/// <summary>
/// What a log says about the state of its letters. Records are noted from the newest to the oldest, so the first that is
/// about a letter decides. Keeps some 60 bytes a letter that was ever replayed, and nothing for the others.
/// </summary>
internal sealed class DeadLetterStates
{
    // The address of the mark that decides; entries begin at multiples of four, so the lowest bit says that it is "replayed".
    private readonly Dictionary<Guid, long> _marks = [];

    // Where the newest letter of an id that is made of its content lies: a refusal after the mark opens it again.
    private readonly Dictionary<Guid, long> _versions = [];

    /// <summary>Takes note of a record.</summary>
    public void Note(in LogItem record)
    {
        ReadOnlySpan<byte> body = record.Body.Span;
        switch (record.Head.Kind)
        {
            case RecordKind.LettersReplayed:
                for (int i = 0; i < body.Length / DeadLetterMarkFormat.ReplayedBytes; i++) Mark(DeadLetterMarkFormat.ReadReplayed(body, i).Id, record.Address | 1);
                break;
            case RecordKind.LetterRejected:
                Mark(DeadLetterMarkFormat.ReadId(body), record.Address);
                break;
            case RecordKind.DeadLetter:
                (Guid id, int part, _) = DeadLetterFormat.ReadPartHead(body);
                if (part == 0 && DeadLetter.IsOfContent(id)) _versions.TryAdd(id, record.Address);
                break;
        }
    }

    /// <summary>Whether the letter at this address is not there any more, because a newer record has its id.</summary>
    public bool IsSuperseded(Guid id, long address) => _versions.TryGetValue(id, out long newest) && newest != address;

    /// <summary>The state of a letter, and where the mark is that decides it; 0 for none.</summary>
    public (DeadLetterState State, long Mark) Of(Guid id)
    {
        _marks.TryGetValue(id, out long mark);
        return ((mark & 1) == 1 ? DeadLetterState.Replayed : DeadLetterState.Open, mark & ~1L);
    }

    private void Mark(Guid id, long mark)
    {
        if (_versions.ContainsKey(id)) return;
        ref long known = ref CollectionsMarshal.GetValueRefOrAddDefault(_marks, id, out bool exists);
        if (!exists) known = mark;
    }
}
