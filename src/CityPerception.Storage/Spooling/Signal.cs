namespace CityPerception.Storage.Spooling;

/// <summary>Wakes one loop. Setting it when it is set costs one read, so a hot path may do it for every message.</summary>
internal sealed class Signal : IDisposable
{
    private readonly SemaphoreSlim _semaphore = new(0);
    private int _set;

    public void Set()
    {
        if (Volatile.Read(ref _set) == 0 && Interlocked.Exchange(ref _set, 1) == 0) _semaphore.Release();
    }

    /// <summary>Waits until it is set, and clears it: what was done before that <see cref="Set"/> is visible afterwards.</summary>
    public async ValueTask WaitAsync()
    {
        await _semaphore.WaitAsync();
        // A full fence: a writer that still found it set finds its work seen by the round that begins now.
        Interlocked.Exchange(ref _set, 0);
    }

    public void Dispose() => _semaphore.Dispose();
}
