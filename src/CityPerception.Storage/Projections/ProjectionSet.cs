using System.Data.Common;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Queries;
using Microsoft.Extensions.Logging;

namespace CityPerception.Storage.Projections;

/// <summary>Every projection there is; the dispatchers of one process share it.</summary>
public sealed class ProjectionSet(IEnumerable<IProjection> projections, StorageMetrics metrics, ILogger<ProjectionSet> logger) : IDisposable
{
    private readonly Member[] _members = [.. projections.Select(static p => new Member(p))];

    /// <summary>Whether any wants a line of the batch.</summary>
    public bool Want(LineBatch batch) => _members.Any(m => m.Wants(batch));

    /// <summary>Tells each of the lines that it wants and the store has. Throws what is to be repeated.</summary>
    public async ValueTask ApplyAsync(LineBatch batch, WriteResult result, CancellationToken cancellationToken)
    {
        foreach (Member member in _members)
        {
            if (member.Wants(batch)) await ApplyAsync(member, batch, result, cancellationToken);
        }
    }

    public void Dispose()
    {
        foreach (Member member in _members) member.Dispose();
    }

    private async ValueTask ApplyAsync(Member member, LineBatch batch, WriteResult result, CancellationToken cancellationToken)
    {
        await member.Turn.WaitAsync(cancellationToken);
        try
        {
            LineBatch wanted = member.Select(batch, result);
            if (wanted.Count > 0) await member.Projection.ApplyAsync(wanted, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && !IsOutage(e))
        {
            metrics.ProjectionFailed(member.Projection.Name);
            logger.LinesPassedOver(member.Projection.Name, e);
        }
        finally
        {
            member.Turn.Release();
        }
    }

    private static bool IsOutage(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
        {
            if (e is DbException or IOException or TimeoutException) return true;
        }

        return false;
    }

    /// <summary>A projection with what selects its lines.</summary>
    private sealed class Member(IProjection projection) : IDisposable
    {
        private readonly MeasurementFilter _filter = new(projection.Measurements);
        private readonly LineBuffer _lines = new(0);

        public IProjection Projection => projection;

        /// <summary>Held during a call.</summary>
        public SemaphoreSlim Turn { get; } = new(1);

        public bool Wants(LineBatch batch) => _filter.WantsAny(batch.Text.Span);

        public LineBatch Select(LineBatch batch, WriteResult result)
        {
            if (_filter.WantsAll && result.Refused.Length == 0) return batch;
            _lines.Clear();
            _filter.Copy(batch.Text.Span, result.Refused, _lines);
            return new LineBatch(_lines.WrittenMemory, _lines.LineCount);
        }

        public void Dispose() => Turn.Dispose();
    }
}
