using System.Data.Common;
using CityPerception.Configuration;
using CityPerception.Hosting;

namespace CityPerception.FieldReports;

/// <summary>Has each server delete the photos that lie with it, once a day; the first time an hour after its start.</summary>
internal sealed class PhotoSweep(PhotoRetention retention, CurrentPlan current, OperationsState operations, TimeProvider clock, ILogger<PhotoSweep> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    private DateOnly? _done;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await TryAsync(stoppingToken);
    }

    // What fails is tried again in an hour: photos that stay too long do not stop a server.
    private async Task TryAsync(CancellationToken cancellationToken)
    {
        if (!operations.Opened.IsCompleted || current.Find() is not { } plan) return;
        DateOnly today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), plan.City.Zone).DateTime);
        if (_done == today) return;
        try
        {
            PhotosGone gone = await retention.RunAsync(plan.City.Retention.Photos, dryRun: false, cancellationToken);
            if (gone.Ended + gone.Unsent > 0) logger.PhotosDeleted(gone.Ended, gone.Unsent, gone.Bytes);
            _done = today;
        }
        catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException)
        {
            logger.PhotosStay(e.Message);
        }
    }
}

/// <summary>Event ids 2610-2619. Next free: 2612.</summary>
internal static partial class PhotoLog
{
    [LoggerMessage(2610, LogLevel.Information, "Retention: deleted {Ended} photos of cases that ended and {Unsent} that no report came for, {Bytes} bytes")]
    public static partial void PhotosDeleted(this ILogger logger, int ended, int unsent, long bytes);

    [LoggerMessage(2611, LogLevel.Warning, "Photos that are too old could not be deleted, and are in an hour: {Reason}")]
    public static partial void PhotosStay(this ILogger logger, string reason);
}
