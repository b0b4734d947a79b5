using System.Collections.Concurrent;
using System.Text;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;

namespace CityPerception.Storage.Tests.Dispatch;

/// <summary>A store that keeps lines in memory and fails as it is told to.</summary>
internal sealed class MemoryStore : IStore
{
    private int _writing;

    public string Name => "memory";

    /// <summary>Every line taken, in the order in which it was; a line offered twice is here twice.</summary>
    public ConcurrentQueue<string> Lines { get; } = [];

    public ConcurrentQueue<int> BatchSizes { get; } = [];

    /// <summary>Called before a batch is taken, with the number of the attempt and the text; throws or waits at will.</summary>
    public Func<int, string, CancellationToken, Task> Before { get; set; } = (_, _, _) => Task.CompletedTask;

    /// <summary>Which lines are refused.</summary>
    public Func<string, bool> Refuses { get; set; } = _ => false;

    public int Attempts { get; private set; }

    public int MostAtOnce { get; private set; }

    public int PreferredBatchLines => 5_000;

    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<WriteResult> WriteAsync(LineBatch batch, CancellationToken cancellationToken)
    {
        int attempt;
        lock (Lines)
        {
            attempt = ++Attempts;
            MostAtOnce = Math.Max(MostAtOnce, ++_writing);
        }

        try
        {
            await Before(attempt, Encoding.UTF8.GetString(batch.Text.Span), cancellationToken);
        }
        finally
        {
            lock (Lines) _writing--;
        }

        string[] lines = Encoding.UTF8.GetString(batch.Text.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(batch.Count, lines.Length);
        BatchSizes.Enqueue(lines.Length);
        foreach (string line in lines.Where(l => !Refuses(l))) Lines.Enqueue(line);
        RefusedLine[] refused = [.. lines.Where(Refuses).Select(l => new RefusedLine(Encoding.UTF8.GetBytes(l + "\n"), RejectionReason.RefusedByStore, "field type conflict"))];
        return new WriteResult(lines.Length - refused.Length, [.. refused]);
    }

    public Task<IReadOnlyList<AggregateRow>> AggregateAsync(AggregateQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<Point> ReadAsync(PointQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> DeleteAsync(DeleteQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<string?> TextOfAsync(PointQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
