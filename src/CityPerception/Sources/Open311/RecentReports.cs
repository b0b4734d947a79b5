using Microsoft.Extensions.Caching.Memory;

namespace CityPerception.Sources.Open311;

/// <summary>
/// The reports of the last day: one that comes again gets the time of its first coming, and so the same point. What is
/// older, or from before a restart, the store knows.
/// </summary>
internal sealed class RecentReports : IDisposable
{
    private const int MaxReports = 100_000;

    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    private readonly MemoryCache _known = new(new MemoryCacheOptions { SizeLimit = MaxReports });
    private readonly Lock _gate = new();

    /// <summary>The report with this id; a new one if none is known.</summary>
    public RecentReport Find(Guid id, DateTimeOffset now)
    {
        lock (_gate)
        {
            return _known.GetOrCreate(id, entry =>
            {
                entry.Size = 1;
                entry.AbsoluteExpirationRelativeToNow = Kept;
                return new RecentReport(now);
            })!;
        }
    }

    public void Dispose() => _known.Dispose();
}

/// <summary>A report and when it first came.</summary>
internal sealed class RecentReport(DateTimeOffset time)
{
    public DateTimeOffset Time => time;

    /// <summary>It is on the disk: nothing of it needs to be written again.</summary>
    public volatile bool IsDurable;
}
