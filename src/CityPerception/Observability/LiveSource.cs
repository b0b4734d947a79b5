using System.Globalization;
using CityPerception.Core.Observations;
using CityPerception.Core.Schema;

namespace CityPerception.Observability;

/// <summary>The last minute of one source, cut into seconds. Not shared: <see cref="LiveStats"/> guards it.</summary>
internal sealed class LiveSource(string name)
{
    public const int Seconds = 60, RateSeconds = 5;

    private readonly SecondSlots _received = new(), _accepted = new(), _rejected = new();
    private readonly List<SourceMeter> _meters = [];

    public string Name => name;

    public bool HasFigures => _meters.Any(m => m.Messages > 0 || m.Accepted > 0 || m.RejectedTotal() > 0);

    public void Follow(SourceMeter meter)
    {
        if (!_meters.Contains(meter)) _meters.Add(meter);
    }

    /// <summary>Ends a second: what has been counted since the last end belongs to it.</summary>
    public void Tick()
    {
        _received.End(_meters.Sum(m => m.Messages));
        _accepted.End(_meters.Sum(m => m.Accepted));
        _rejected.End(_meters.Sum(m => m.RejectedTotal()));
        foreach (SourceMeter meter in _meters) meter.AllowSamples();
    }

    public LiveSourceSnapshot Snapshot(SourceName? named)
    {
        long last = _meters.Count == 0 ? 0 : _meters.Max(m => m.LastReceivedNs);
        return new LiveSourceSnapshot(
            name,
            named?.Name.Zh ?? name,
            named?.Name.En ?? name,
            (named?.Sense ?? Sense.Platform).ToString().ToLower(CultureInfo.InvariantCulture),
            [.. _meters.Select(m => m.Transport).Order(StringComparer.Ordinal)],
            _received.Latest(RateSeconds) / (double)RateSeconds,
            _meters.Sum(m => m.Messages),
            _meters.Sum(m => m.Accepted),
            _meters.Sum(m => m.RejectedTotal()),
            _meters.Sum(m => m.Filtered),
            last == 0 ? null : ObservationTime.FromUnixNs(last),
            _received.OldestFirst(),
            _accepted.OldestFirst(),
            _rejected.OldestFirst(),
            [.. _meters.SelectMany(m => m.Observations()).OrderByDescending(o => o.ReceivedNs).Take(5)
                .Select(LineView.Read)],
            [.. _meters.SelectMany(m => m.Rejections()).OrderByDescending(r => r.ReceivedNs).Take(5)
                .Select(r => new LiveRejection(ObservationTime.FromUnixNs(r.ReceivedNs), IngestMetrics.ReasonNames[r.Rejection.Reason],
                    r.Rejection.Index, r.Rejection.Path, r.Rejection.Detail))]);
    }

    /// <summary>A counter's growth in each of the last seconds.</summary>
    private sealed class SecondSlots
    {
        private readonly long[] _slots = new long[Seconds];
        private long _total;
        private int _next;

        public void End(long total)
        {
            _slots[_next] = total - _total;
            _total = total;
            _next = (_next + 1) % Seconds;
        }

        public long Latest(int seconds)
        {
            long sum = 0;
            for (int i = 1; i <= seconds; i++) sum += _slots[(_next - i + Seconds) % Seconds];
            return sum;
        }

        public long[] OldestFirst() => [.. _slots[_next..], .. _slots[.._next]];
    }
}
