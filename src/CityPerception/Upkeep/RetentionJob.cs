using CityPerception.Configuration;
using CityPerception.Hosting;
using CityPerception.Storage.Retention;
using Hangfire;

namespace CityPerception.Upkeep;

/// <summary>Once a day, after 3 o'clock of the city or at the first hour that the server is there: deletes what is older than it is to be kept.</summary>
internal sealed class RetentionJob(StoreRetention retention, CurrentPlan current, OperationsState operations, TimeProvider clock, ILogger<RetentionJob> logger)
{
    private static readonly TimeSpan DayBegins = TimeSpan.FromHours(3);

    private DateOnly? _done;

    /// <summary>What Hangfire calls each hour.</summary>
    [AutomaticRetry(Attempts = 0)] // the next hour does it
    [JobDisplayName("retention")]
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!operations.Opened.IsCompleted || current.Find() is not { } plan) return;
        DateOnly today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow() - DayBegins, plan.City.Zone).DateTime);
        if (_done == today) return;
        if (await retention.RunAsync(UpkeepWork.TermsOf(plan), dryRun: false, static (_, _) => default, cancellationToken) is { } result) Tell(result);
        _done = today; // or another server does it
    }

    private void Tell(RetentionResult result)
    {
        if (!result.StoreDeletes) logger.StoreKeepsAll();
        else if (result.Shares.Length > 0 || result.Cases > 0) logger.Deleted(result.Shares.Sum(static s => s.Points), result.Shares.Length, result.Cases, result.Kept);
        if (result.HeldBack is { } why) logger.HeldBack(why);
    }
}

/// <summary>Keeps the recurring job.</summary>
internal sealed class RetentionSchedule(IRecurringJobManager jobs) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        jobs.AddOrUpdate<RetentionJob>("retention", static r => r.RunAsync(CancellationToken.None), "40 20 * * * *", new RecurringJobOptions { TimeZone = TimeZoneInfo.Utc, MisfireHandling = MisfireHandlingMode.Relaxed });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Event ids 2500-2599. Next free: 2503.</summary>
internal static partial class UpkeepLog
{
    [LoggerMessage(2500, LogLevel.Information, "Retention: deleted {Points} points of {Shares} kinds and {Cases} closed cases; observations are kept from {Kept:u}")]
    public static partial void Deleted(this ILogger logger, long points, int shares, int cases, DateTimeOffset kept);

    [LoggerMessage(2501, LogLevel.Warning, "Retention keeps observations longer than city.yaml wants: {Why}")]
    public static partial void HeldBack(this ILogger logger, string why);

    [LoggerMessage(2502, LogLevel.Warning, "Retention: InfluxDB 3 Core does not delete points; give its database a retention period")]
    public static partial void StoreKeepsAll(this ILogger logger);
}
