using CityPerception.Core.Observations;
using CityPerception.Storage.Spooling;

namespace CityPerception.Storage.DeadLetters;

/// <summary>The oldest letters of a log, up to some place: how many, and of which sources and times those are that nobody has replayed or discarded.</summary>
internal sealed class DeadLetterSurvey
{
    private const int SourcesNamed = 5;

    private readonly SortedDictionary<string, int> _sources = new(StringComparer.Ordinal);
    private long _fromNs = long.MaxValue, _toNs = long.MinValue;

    /// <summary>Letters whose removal is a loss.</summary>
    public int Open { get; private set; }

    /// <summary>Letters that are replayed or discarded, or of which a newer record tells.</summary>
    public int Settled { get; private set; }

    /// <summary>The sources of the open ones with their numbers, in words: <c>air-station 312, (unknown) 4</c>.</summary>
    public string Sources
    {
        get
        {
            string named = string.Join(", ", _sources.OrderByDescending(s => s.Value).Take(SourcesNamed).Select(s => $"{(s.Key.Length == 0 ? "(unknown)" : s.Key)} {s.Value}"));
            return _sources.Count <= SourcesNamed ? named : $"{named} and {_sources.Count - SourcesNamed} more sources";
        }
    }

    /// <summary>When the first of the open ones came.</summary>
    public DateTimeOffset From => ObservationTime.FromUnixNs(_fromNs);

    /// <summary>When the last of the open ones came.</summary>
    public DateTimeOffset To => ObservationTime.FromUnixNs(_toNs);

    /// <summary>Looks through a whole log, since the marks of the oldest letters may lie anywhere behind them. Keeps some 50 bytes a letter before the place.</summary>
    /// <param name="log">The log.</param>
    /// <param name="until">The letters before this address are meant.</param>
    /// <param name="counts">Those are meant whose key's name this takes; null for a letter in plain.</param>
    /// <param name="from">The letters from this address on are meant.</param>
    public static DeadLetterSurvey Of(DurableLog log, long until, Func<string?, bool> counts, long from = 0)
    {
        var survey = new DeadLetterSurvey();
        Dictionary<Guid, (string Source, long Ns, long Address)> open = [];
        int letters = 0;
        using LogReader reader = log.ReadFrom(log.BeginAddress);
        while (reader.TryRead(log.DurableAddress, committed: true, out LogItem item))
        {
            if (item.Damaged) continue;
            ReadOnlySpan<byte> body = item.Body.Span;
            switch (item.Head.Kind)
            {
                case RecordKind.LettersReplayed:
                    for (int i = 0; i < body.Length / DeadLetterMarkFormat.ReplayedBytes; i++)
                    {
                        ReplayedLetter replayed = DeadLetterMarkFormat.ReadReplayed(body, i);
                        Settle(replayed.Id, replayed.Address);
                    }

                    break;
                case RecordKind.LetterDiscarded:
                    (Guid discarded, long about) = DeadLetterMarkFormat.ReadHead(body);
                    Settle(discarded, about);
                    break;
                case RecordKind.DeadLetter when item.Head.Count > 0: // the first part
                    Guid id = DeadLetterFormat.ReadPartHead(body).Id;
                    if (item.Address >= until)
                    {
                        if (DeadLetter.IsOfContent(id)) open.Remove(id); // a newer record of it stays
                        break;
                    }

                    (string source, string? key) = DeadLetterFormat.ReadHead(body[DeadLetterFormat.PartHeadBytes..]);
                    if (item.Address < from || !counts(key)) break;
                    letters++;
                    open[id] = (source, item.Head.ReceivedNs, item.Address);
                    break;
            }
        }

        void Settle(Guid id, long address)
        {
            if (open.TryGetValue(id, out (string, long, long Address) known) && known.Address == address) open.Remove(id);
        }

        foreach ((string of, long ns, _) in open.Values) survey.Add(of, ns);
        survey.Settled = letters - survey.Open;
        return survey;
    }

    private void Add(string source, long ns)
    {
        Open++;
        _sources[source] = _sources.GetValueOrDefault(source) + 1;
        (_fromNs, _toNs) = (Math.Min(_fromNs, ns), Math.Max(_toNs, ns));
    }
}
