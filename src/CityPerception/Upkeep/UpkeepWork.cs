using System.Data.Common;
using System.Globalization;
using CityPerception.Core.Channels;
using CityPerception.Core.Mapping;
using CityPerception.Core.Queries;
using CityPerception.FieldReports;
using CityPerception.Storage.Operations.Rollups;
using CityPerception.Storage.Retention;
using CityPerception.Storage.Rollups;

namespace CityPerception.Upkeep;

/// <summary>What servers and commands do alike; whatever goes wrong in between is in the answer, in words.</summary>
internal sealed class UpkeepWork(RollupRun rollups, StoreRetention retention, PhotoRetention photos, RollupState state)
{
    private const string WasStopped = "it was stopped, or another run has taken over";

    /// <summary>Computes windows anew.</summary>
    public async Task<RollupAnswer> RollupAsync(RollupRequest request, IngestPlan plan, Func<RollupEvent, ValueTask> say, CancellationToken cancellationToken)
    {
        RollupCounts counts = default;
        RollupAnswer Answer(string? stopped) => new(request.From, request.To, counts.Computed, counts.Written, counts.Restated, request.DryRun, stopped);
        try
        {
            DateTimeOffset kept = await state.KeptFromAsync(cancellationToken);
            if (kept > request.From) request = request with { From = kept };
            if (request.From >= request.To) return Answer($"the points before {kept.UtcDateTime:yyyy-MM-dd HH:mm}Z are deleted (retention in city.yaml): nothing can be computed from them");
            counts = await rollups.RunAsync(request, plan.City, progress =>
            {
                counts = progress.Counts;
                string at = string.Create(CultureInfo.InvariantCulture, $"{progress.Channel} {ViewWindows.NameOf(progress.Window)} {progress.Through.UtcDateTime:yyyy-MM-dd HH:mm}Z");
                return say(new RollupEvent(new WorkProgress(progress.Done, at), null));
            }, cancellationToken);
            return Answer(null);
        }
        catch (Exception e) when (WhyStopped(e) is { } why)
        {
            return Answer(why);
        }
    }

    /// <summary>Deletes what is older than city.yaml keeps it. Null if another run is at it.</summary>
    public async Task<RetentionAnswer?> RetainAsync(IngestPlan plan, bool dryRun, Func<RetentionEvent, ValueTask> say, CancellationToken cancellationToken)
    {
        try
        {
            RetentionResult? result = await retention.RunAsync(TermsOf(plan), dryRun, (done, what) => say(new RetentionEvent(new WorkProgress(done, what), null)), cancellationToken);
            return result is null ? null : RetentionAnswer.Of(result, await photos.RunAsync(plan.City.Retention.Photos, dryRun, cancellationToken), dryRun);
        }
        catch (Exception e) when (WhyStopped(e) is { } why)
        {
            return new RetentionAnswer(null, null, true, dryRun, [], 0, null, why);
        }
    }

    /// <summary>What retention needs of a configuration.</summary>
    public static RetentionTerms TermsOf(IngestPlan plan) => new(plan.City, plan.Measurements, [.. plan.Channels.Keys]);

    /// <summary>What ended work early that is no defect, in words; null for what is.</summary>
    public static string? WhyStopped(Exception e) => e switch
    {
        OperationCanceledException => WasStopped,
        StoreUnavailableException or DbException => e.Message,
        { InnerException: DbException inner } => inner.Message,
        _ => null,
    };
}
