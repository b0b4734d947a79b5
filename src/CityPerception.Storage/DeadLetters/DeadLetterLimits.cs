using CityPerception.Core.Observations;
using CityPerception.Storage.Spooling;
using Microsoft.Extensions.Logging;

namespace CityPerception.Storage.DeadLetters;

/// <summary>
/// Keeps the letters within their limits: past size or age the oldest go, never silently. It warns before either is
/// reached, and counts and names what it removes.
/// </summary>
public sealed class DeadLetterLimits : IAsyncDisposable
{
    /// <summary>The share of either limit from which on it warns.</summary>
    public const double WarnAt = 0.8;

    private const double TrimTo = 0.95; // so that it happens seldom
    private readonly ReopenableLog _log;
    private readonly DeadLetterOptions _options;
    private readonly LetterKeys? _keys;
    private readonly TimeProvider _clock, _steady;
    private readonly StorageMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private Task _trimming = Task.CompletedTask;
    private int _isTrimming, _ageing;
    private bool _warnedOfSize;

    internal DeadLetterLimits(ReopenableLog log, DeadLetterOptions options, LetterKeys? keys, TimeProvider clock, StorageMetrics metrics, ILogger logger) =>
        (_log, _options, _keys, _clock, _steady, _metrics, _logger) = (log, options, keys, clock, new SteadyClock(clock), metrics, logger);

    /// <summary>What the letters may occupy.</summary>
    public long MaxBytes => _options.MaxBytes;

    /// <summary>Whether they occupy more than <see cref="WarnAt"/> of that.</summary>
    public bool IsFilling => _log.Log.Bytes > WarnAt * _options.MaxBytes;

    /// <summary>How many letters that nobody replayed were past <see cref="WarnAt"/> of their age when <see cref="WarnOfAge"/> last looked.</summary>
    public int Ageing => Volatile.Read(ref _ageing);

    /// <summary>Removes the oldest letters as far as size and age ask for it. Returns how many.</summary>
    public int Trim()
    {
        lock (_gate)
        {
            DurableLog log = _log.Log;
            long cut = FindCut(log);
            if (cut == log.BeginAddress) return 0;

            DeadLetterSurvey gone = DeadLetterSurvey.Of(log, cut, IsThere);
            _log.Truncate(cut);
            _metrics.LettersRemoved(gone.Open, gone.Settled);
            if (gone.Open > 0) _logger.OpenLettersRemoved(gone.Open, gone.Sources, gone.From, gone.To, _options.MaxBytes, _options.MaxAge);
            if (gone.Settled > 0) _logger.SettledLettersRemoved(gone.Settled);
            return gone.Open + gone.Settled;
        }
    }

    /// <summary>Removes letters of people that are older than they may become: their keys, without which nobody reads them. Returns how many.</summary>
    /// <exception cref="IOException">A key cannot be removed.</exception>
    public int RemovePersonal()
    {
        lock (_gate)
        {
            DurableLog log = _log.Log;
            if (log.Failure is not null || _keys?.OlderThan(_options.PersonalRetention) is not { Count: > 0 } old) return 0;
            DeadLetterSurvey gone = DeadLetterSurvey.Of(log, long.MaxValue, key => key is not null && old.Contains(key));
            _keys.Remove(old, forget: _options.MaxAge);
            _metrics.LettersRemoved(gone.Open, gone.Settled);
            if (gone.Open > 0) _logger.PersonalLettersRemoved(gone.Open, gone.Sources, gone.From, gone.To, _options.PersonalRetention);
            if (gone.Settled > 0) _logger.SettledLettersRemoved(gone.Settled);
            return gone.Open + gone.Settled;
        }
    }

    /// <summary>Says which letters will soon be too old. Looks through the log.</summary>
    public void WarnOfAge()
    {
        lock (_gate)
        {
            DurableLog log = _log.Log;
            if (log.Failure is not null) return;
            long until = FirstYoungerThan(log, _options.MaxAge * WarnAt);
            DeadLetterSurvey? ageing = until == log.BeginAddress ? null : DeadLetterSurvey.Of(log, until, IsThere);
            if (ageing is { Open: > 0 }) _logger.LettersAgeing(ageing.Open, ageing.Sources, ageing.From, ageing.To, ageing.From + _options.MaxAge, _options.MaxAge);
            Volatile.Write(ref _ageing, (ageing?.Open ?? 0) + WarnOfPersonal(log, until));
        }
    }

    private int WarnOfPersonal(DurableLog log, long warnedUntil)
    {
        if (_keys?.OlderThan(_options.PersonalRetention * WarnAt) is not { Count: > 0 } old) return 0;
        DeadLetterSurvey ageing = DeadLetterSurvey.Of(log, long.MaxValue, key => key is not null && old.Contains(key), from: warnedUntil);
        if (ageing.Open > 0) _logger.PersonalLettersAgeing(ageing.Open, ageing.Sources, ageing.From, ageing.To, _options.PersonalRetention);
        return ageing.Open;
    }

    // One whose key was removed has been counted then.
    private bool IsThere(string? key) => key is null || _keys?.IsRemoved(key) is not true;

    public async ValueTask DisposeAsync() => await _trimming;

    /// <summary>A letter is about to be appended. Removing others for it is done beside, since intake waits here.</summary>
    internal void Appending()
    {
        long bytes = _log.Log.Bytes;
        bool filling = bytes > WarnAt * _options.MaxBytes;
        if (filling && !_warnedOfSize) _logger.LettersFilling(bytes, _options.MaxBytes);
        _warnedOfSize = filling;
        if (bytes <= _options.MaxBytes || Interlocked.Exchange(ref _isTrimming, 1) == 1) return;

        _trimming = Task.Run(() =>
        {
            try
            {
                Trim();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                _logger.TrimFailed(e.Message); // the log has just failed; the next letter tries again
            }
            finally
            {
                Volatile.Write(ref _isTrimming, 0);
            }
        });
    }

    private long FindCut(DurableLog log)
    {
        long tooOld = FirstYoungerThan(log, _options.MaxAge);
        if (log.Bytes <= _options.MaxBytes) return tooOld;

        long keep = (long)(_options.MaxBytes * TrimTo), cut = log.BeginAddress;
        using LogReader reader = log.ReadFrom(cut);
        while (reader.TryRead(log.DurableAddress, committed: true, out LogItem item) && log.TailAddress - item.Address > keep) cut = item.NextAddress;
        return Math.Max(cut, tooOld);
    }

    private long FirstYoungerThan(DurableLog log, TimeSpan age)
    {
        // Whichever clock is behind: one that was set ahead makes nothing old.
        DateTimeOffset now = _clock.GetUtcNow(), steady = _steady.GetUtcNow();
        long limit = ((steady < now ? steady : now) - age).ToUnixNs(), until = log.BeginAddress;
        using LogReader reader = log.ReadFrom(until);
        while (reader.TryRead(log.DurableAddress, committed: true, out LogItem item) && (item.Damaged || item.Head.ReceivedNs < limit)) until = item.NextAddress;
        return until;
    }
}
