using CityPerception.Configuration;
using CityPerception.Core.Channels;
using CityPerception.Core.Mapping;
using CityPerception.Hosting;
using CityPerception.Storage.Rollups;
using Hangfire;

namespace CityPerception.Rollups;

/// <summary>What Hangfire runs: the windows of one channel and length that are due. It only ticks; what is due, and that no two are at it, is known to the job.</summary>
internal sealed class RollupJobs(RollupJob job, CurrentPlan current, OperationsState operations, ViewChanges changes, ILogger<RollupJobs> logger)
{
    /// <summary>Runs once. A failure is tried again a few times; the next tick does all that is due anyway.</summary>
    [AutomaticRetry(Attempts = 3, DelaysInSeconds = [5, 15, 30], OnAttemptsExceeded = AttemptsExceededAction.Delete)]
    [JobDisplayName("{0} {1}")]
    public async Task RunAsync(string channel, string window, CancellationToken cancellationToken)
    {
        if (!operations.Opened.IsCompleted) return; // watermarks are kept there; the next tick does all
        IngestPlan plan = current.Plan;
        if (!plan.Channels.TryGetValue(channel, out Channel? known) || ViewWindows.Find(window) is not { } length) return;
        long began = TimeProvider.System.GetTimestamp();
        RollupCounts counts = await job.RunAsync(known, length, plan.City, cancellationToken);
        if (counts.TooLate > 0) logger.TooLate(channel, window, counts.TooLate);
        if (counts.Written + counts.Restated > 0) changes.Note(channel, length);
        if (counts.Computed > 0) logger.Computed(channel, window, counts.Computed, counts.Restated, TimeProvider.System.GetElapsedTime(began).TotalMilliseconds);
    }
}

/// <summary>Event ids 2400-2479. Next free: 2403.</summary>
internal static partial class RollupLog
{
    [LoggerMessage(2400, LogLevel.Debug, "{Channel} {Window}: {Computed} views computed, {Restated} restated, in {Milliseconds:0} ms")]
    public static partial void Computed(this ILogger logger, string channel, string window, int computed, int restated, double milliseconds);

    [LoggerMessage(2402, LogLevel.Warning, "{Channel} {Window}: observations of {Hours} hours came after the points of their time had been deleted (retention in city.yaml); their views stay as they were shown")]
    public static partial void TooLate(this ILogger logger, string channel, string window, int hours);
}
