using CityPerception.Core.Channels;

namespace CityPerception.Storage.Plans;

/// <summary>Adds up what differs, window after window.</summary>
internal sealed class DifferenceCount(string channel, string kpi, ViewWindow window)
{
    // Sums in another order differ in the last bits.
    private const double Same = 1e-9;

    private readonly Side _now = new(), _then = new();
    private long _onlyNow, _onlyThen, _values, _levels, _redInBoth;
    private ValueChange? _largest;

    /// <summary>Takes the views of one window.</summary>
    public void Add(IReadOnlyCollection<ChannelView> now, IReadOnlyCollection<ChannelView> then)
    {
        _now.Add(now);
        _then.Add(then);
        Dictionary<ViewKey, ChannelView> others = then.ToDictionary(static v => v.Key);
        foreach (ChannelView view in now)
        {
            if (others.Remove(view.Key, out ChannelView? other)) Compare(view, other);
            else _onlyNow++;
        }

        _onlyThen += others.Count;
    }

    /// <summary>What it comes to.</summary>
    public KpiDifference ToDifference() => new(channel, kpi, window, _now.ToSide(), _then.ToSide(), _onlyNow, _onlyThen, _values, _levels, _redInBoth, _largest);

    private void Compare(ChannelView now, ChannelView then)
    {
        if (now.Level != then.Level) _levels++;
        else if (now.Level is Level.Red) _redInBoth++;
        double change = Math.Abs(then.Value - now.Value);
        if (change <= Same * Math.Max(Math.Abs(now.Value), Math.Abs(then.Value))) return;
        _values++;
        if (_largest is null || change > Math.Abs(_largest.Then - _largest.Now)) _largest = new ValueChange(now.Start, now.Key, now.Value, then.Value);
    }

    private sealed class Side
    {
        private readonly long[] _levels = new long[(int)Level.Red - (int)Level.Unknown + 1];
        private HashSet<ViewKey> _red = [];
        private long _views, _alarms;

        public void Add(IReadOnlyCollection<ChannelView> views)
        {
            _views += views.Count;
            foreach (ChannelView view in views) _levels[(int)view.Level - (int)Level.Unknown]++;
            HashSet<ViewKey> red = [.. views.Where(static v => v.Level is Level.Red).Select(static v => v.Key)];
            _alarms += red.Count(k => !_red.Contains(k));
            _red = red;
        }

        public KpiSide ToSide() => new(_views, [.. _levels], _alarms);
    }
}
