using System.Data.Common;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Queries;
using Microsoft.Extensions.Logging;

namespace CityPerception.Storage.Projections;

/// <summary>When projections may be asked; lines wait in the spool until then.</summary>
/// <param name="WaitAsync">Completes when what they keep is open.</param>
public sealed record ProjectionsReady(Func<CancellationToken, Task> WaitAsync);

/// <summary>Every projection there is; the dispatchers of one process share it.</summary>
/// <remarks>They are made with the first lines: the code of a database is loaded with them, which a start need not wait for.</remarks>
public sealed class ProjectionSet(Func<IEnumerable<IProjection>> projections, ProjectionsReady? ready, StorageMetrics metrics, ILogger<ProjectionSet> logger) : IDisposable
{
    private readonly Lazy<Member[]> _members = new(() => [.. projections().Select(static p => new Member(p))]);

    /// <summary>Whether any wants a line of the batch.</summary>
    public bool Want(LineBatch batch) => _members.Value.Any(m => m.Wants(batch));

    /// <summary>Tells each of the lines that it wants and the store has. Throws what is to be repeated.</summary>
    public async ValueTask ApplyAsync(LineBatch batch, WriteResult result, CancellationToken cancellationToken)
    {
        if (ready is not null) await ready.WaitAsync(cancellationToken);
        foreach (Member member in _members.Value)
        {
            if (member.Wants(batch)) await ApplyAsync(member, batch, result, cancellationToken);
        }
    }

    public void Dispose()
    {
        if (!_members.IsValueCreated) return;
        foreach (Member member in _members.Value) member.Dispose();
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
