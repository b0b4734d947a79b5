namespace CityPerception.TestKit;

/// <summary>What some work allocates each time, whatever the runtime does beside it.</summary>
public static class Allocated
{
    private const int Attempts = 5;

    /// <summary>
    /// The bytes that this thread allocates in the work: the least of several attempts, as a collection may trim the arrays
    /// that the pools keep, and code that has become hot is compiled anew.
    /// </summary>
    public static long Bytes(Action work) => Enumerable.Range(0, Attempts).Min(_ => BytesOnce(work));

    private static long BytesOnce(Action work)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        work();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
