namespace CityPerception.Storage.Links;

/// <summary>An operator's word on two appeals.</summary>
internal sealed record Verdict(Guid First, Guid Second, bool IsSame)
{
    public Guid Other(Guid key) => key == First ? Second : First;
}

/// <summary>
/// Groups appeals by matter. In the order of their times each joins the matter whose leader before it is most like it (of
/// equals the earliest), or begins one of its own. So a matter has no chains: each member is like the first itself, or like
/// one that an operator put beside the first. What comes out follows from the appeals and the verdicts alone: an
/// appeal that comes late, or again, has those after it settled anew that can be touched by it, and no others.
/// </summary>
internal sealed class LinkEngine(LinkRule rule)
{
    private static readonly Dictionary<Guid, Verdict> NoVerdicts = [];

    private readonly Dictionary<Guid, Appeal> _appeals = [];
    private readonly Dictionary<Guid, Dictionary<Guid, Verdict>> _verdicts = [];
    private readonly AppealIndex _index = new(rule.MaxDistance);
    private readonly SortedSet<Appeal> _open = new(AppealOrder.Instance);

    public int Count => _appeals.Count;

    public Appeal? Find(Guid key) => _appeals.GetValueOrDefault(key);

    /// <summary>Whether a reading tells something new.</summary>
    public bool IsNews(AppealFacts facts) => !_appeals.TryGetValue(facts.Key, out Appeal? known) || known.Facts.GivesWayTo(facts);

    /// <summary>Takes an appeal, or another reading of one; <see cref="Settle"/> finds its matter.</summary>
    public void Put(AppealFacts facts)
    {
        if (!IsNews(facts)) return;
        var appeal = new Appeal(facts);
        if (_appeals.TryGetValue(facts.Key, out Appeal? old))
        {
            appeal.IsStored = old.IsStored;
            Reopen(old, alsoAlike: false);
            _open.Remove(old);
            old.IsReplaced = true;
        }

        _appeals[facts.Key] = appeal;
        _index.Add(appeal);
        _open.Add(appeal);
    }

    /// <summary>Takes an appeal as it was settled before, by this engine or another.</summary>
    public void Restore(Appeal appeal)
    {
        appeal.IsNew = false;
        appeal.IsStored = true;
        if (_appeals.TryGetValue(appeal.Key, out Appeal? old)) old.IsReplaced = true;
        _appeals[appeal.Key] = appeal;
        _index.Add(appeal);
        if (appeal.IsLeader) _index.AddLeader(appeal);
    }

    /// <summary>Takes a verdict; the later one of the same two counts. <see cref="Settle"/> heeds it, unless it was settled with the appeals that are restored.</summary>
    public void Decide(Verdict verdict, bool isSettled = false)
    {
        foreach (Guid key in (Guid[])[verdict.First, verdict.Second])
        {
            if (!_verdicts.TryGetValue(key, out Dictionary<Guid, Verdict>? about)) _verdicts.Add(key, about = []);
            about[verdict.Other(key)] = verdict;
            if (!isSettled && _appeals.TryGetValue(key, out Appeal? appeal)) _open.Add(appeal);
        }
    }

    /// <summary>Forgets appeals before a time, a day at a time: what is after it by more than the window is not touched.</summary>
    public void DropBefore(long ns)
    {
        _index.DropBefore(ns);
        foreach (Appeal old in _appeals.Values.Where(a => a.Facts.TimeNs < ns).ToArray()) _appeals.Remove(old.Key);
    }

    /// <summary>Finds the matter of each that is open, and of those that this touches. Returns those whose matter, or reason, is another now, and those that are new.</summary>
    public IReadOnlyCollection<Appeal> Settle()
    {
        HashSet<Appeal> changed = [];
        while (_open.Min is { } appeal)
        {
            _open.Remove(appeal);
            var before = (appeal.Representative, appeal.IsLeader);
            var reason = (appeal.Via, appeal.Why, appeal.ByHand);
            Assign(appeal);
            if (appeal.IsLeader) _index.AddLeader(appeal);
            if (appeal.IsNew || before != (appeal.Representative, appeal.IsLeader)) Reopen(appeal, alsoAlike: appeal.IsLeader);
            if (appeal.IsNew || before.Representative != appeal.Representative || reason != (appeal.Via, appeal.Why, appeal.ByHand)) changed.Add(appeal);
            appeal.IsNew = false;
        }

        return changed;
    }

    // What follows an appeal, or would, is looked at again.
    private void Reopen(Appeal appeal, bool alsoAlike)
    {
        foreach (Appeal after in _index.After(appeal, rule.WindowNs))
        {
            if (after.Via == appeal.Key || (alsoAlike && rule.Find(appeal.Facts, after.Facts) is not null)) _open.Add(after);
        }

        foreach (Verdict verdict in VerdictsOn(appeal))
        {
            if (_appeals.TryGetValue(verdict.Other(appeal.Key), out Appeal? other) && AppealOrder.IsBefore(appeal, other)) _open.Add(other);
        }
    }

    private void Assign(Appeal appeal)
    {
        (HashSet<Guid> barred, Appeal? told) = Heed(appeal);
        (Appeal Leader, Match? Why)? best = told is null ? FindBest(appeal, barred) : (told, null);
        appeal.Representative = best?.Leader.Representative ?? appeal.Key;
        appeal.Via = best?.Leader.Key;
        appeal.Why = best?.Why;
        appeal.ByHand = told is not null;
    }

    // The matters that an operator barred it from, and the earliest appeal that an operator said it is the same as.
    private (HashSet<Guid> Barred, Appeal? Told) Heed(Appeal appeal)
    {
        HashSet<Guid> barred = [];
        List<Appeal> same = [];
        foreach (Verdict verdict in VerdictsOn(appeal))
        {
            if (!_appeals.TryGetValue(verdict.Other(appeal.Key), out Appeal? other) || !AppealOrder.IsBefore(other, appeal)) continue;
            if (verdict.IsSame) same.Add(other);
            else barred.Add(other.Representative);
        }

        return (barred, same.Where(other => !barred.Contains(other.Representative)).Min(AppealOrder.Instance));
    }

    private (Appeal Leader, Match? Why)? FindBest(Appeal appeal, HashSet<Guid> barred)
    {
        (Appeal Leader, Match Why)? best = null;
        foreach (Appeal leader in _index.Leaders(appeal, rule.WindowNs))
        {
            if (barred.Contains(leader.Representative) || rule.Find(leader.Facts, appeal.Facts) is not { } why) continue;
            if (best is null || why.Score > best.Value.Why.Score || (why.Score == best.Value.Why.Score && AppealOrder.IsBefore(leader, best.Value.Leader))) best = (leader, why);
        }

        return best;
    }

    private Dictionary<Guid, Verdict>.ValueCollection VerdictsOn(Appeal appeal) => _verdicts.GetValueOrDefault(appeal.Key, NoVerdicts).Values;
}
