namespace CityPerception.Core.Decoding.Sparkplug;

/// <summary>How much the births of all nodes together may take, roughly counted.</summary>
/// <param name="limitBytes">So much.</param>
public sealed class SparkplugMemory(long limitBytes)
{
    private long _used;

    /// <summary>What is taken.</summary>
    public long Used => Volatile.Read(ref _used);

    internal bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= limitBytes) return true;
        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    internal void Give(long bytes) => Interlocked.Add(ref _used, -bytes);
}
