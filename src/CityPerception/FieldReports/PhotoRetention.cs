using CityPerception.Storage.Cases;

namespace CityPerception.FieldReports;

/// <summary>Photos that are deleted, or would be.</summary>
/// <param name="Ended">Of cases that ended long enough ago, or are not known any more.</param>
/// <param name="Unsent">Of reports that never came.</param>
/// <param name="Bytes">Of all of them.</param>
internal sealed record PhotosGone(int Ended, int Unsent, long Bytes);

/// <summary>Deletes photos of reports whose cases ended longer ago than city.yaml keeps them, and those that no report came for.</summary>
/// <remarks>
/// A case that is not known is one whose observations are deleted already, or whose report still waits in the spool or
/// among the dead letters: its photo is kept as long as if the case had ended when the photo came.
/// </remarks>
internal sealed class PhotoRetention(PhotoStore photos, CaseQuery cases, TimeProvider clock)
{
    // The phone sends photos first, and sends them again when its report has waited for half as long.
    private static readonly TimeSpan UnsentFor = TimeSpan.FromDays(1);

    private const int AtOnce = 200;

    /// <summary>Says what is too old, and deletes it.</summary>
    /// <param name="keep">For how long after the end of its case.</param>
    /// <param name="dryRun">Only says.</param>
    /// <param name="cancellationToken">Stops it; what is deleted stays deleted.</param>
    /// <exception cref="System.Data.Common.DbException">The cases cannot be asked for.</exception>
    public async Task<PhotosGone> RunAsync(TimeSpan keep, bool dryRun, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        var gone = new PhotosGone(0, 0, 0);
        foreach (StoredPhoto[] some in photos.All().Chunk(AtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Dictionary<string, CaseRow> known = await CasesOfAsync(some, now, cancellationToken);
            foreach (StoredPhoto photo in some)
            {
                DateTimeOffset? ended = photo.Report is { } report && known.TryGetValue(report, out CaseRow? row) ? row.EndedAt ?? DateTimeOffset.MaxValue : null;
                bool isUnsent = photo.Report is null && photo.CameAt < now - UnsentFor;
                bool hasEnded = photo.Report is not null && (ended ?? photo.CameAt) < now - keep;
                if (!isUnsent && !hasEnded) continue;
                gone = new PhotosGone(gone.Ended + (hasEnded ? 1 : 0), gone.Unsent + (isUnsent ? 1 : 0), gone.Bytes + photo.Bytes);
                if (!dryRun) PhotoStore.Delete(photo);
            }
        }

        return gone;
    }

    private async Task<Dictionary<string, CaseRow>> CasesOfAsync(StoredPhoto[] some, DateTimeOffset now, CancellationToken cancellationToken)
    {
        string[] ids = [.. some.Select(static p => p.Report).OfType<string>().Distinct()];
        if (ids.Length == 0) return [];
        return (await cases.ListAsync(new CaseFilter { Source = ReportEndpoints.Source, Ids = ids, Now = now, Limit = ids.Length }, cancellationToken)).ToDictionary(static c => c.Id);
    }
}
