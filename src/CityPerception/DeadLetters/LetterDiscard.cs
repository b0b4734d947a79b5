using CityPerception.Storage.DeadLetters;
using CityPerception.Storage.Spooling;
using CityPerception.Upkeep;

namespace CityPerception.DeadLetters;

/// <summary>What was discarded, or in a dry run would be.</summary>
/// <param name="Letters">How many.</param>
/// <param name="Unreadable">Places among the letters that the disk damaged.</param>
/// <param name="DryRun">Nothing was changed.</param>
/// <param name="Stopped">Why it ended before the last letter; null if it did not. The same again goes on with the rest.</param>
internal sealed record DiscardResult(int Letters, int Unreadable, bool DryRun, string? Stopped = null);

/// <summary>One thing to say about letters being discarded. Exactly one of the members is there.</summary>
internal sealed record DiscardEvent(WorkProgress? Progress, DiscardResult? Result) : IWorkEvent<DiscardResult>;

/// <summary>Notes of dead letters, with a reason, that nothing is to be made of them.</summary>
internal static class LetterDiscard
{
    // One fsync for so many.
    private const int BatchLetters = 1000;

    /// <param name="walk">The letters; they are open.</param>
    /// <param name="marks">Where it is noted; null to change nothing.</param>
    /// <param name="why">The reason.</param>
    /// <param name="report">Is told how far it is.</param>
    /// <param name="cancellationToken">Ends it early: what is noted by then is.</param>
    public static async Task<DiscardResult> RunAsync(DeadLetterWalk walk, DeadLetterLog? marks, string why, Func<DiscardEvent, ValueTask> report, CancellationToken cancellationToken)
    {
        int letters = 0, durable = 0;
        long receipt = 0;
        string? stopped = null;
        try
        {
            foreach (DeadLetter letter in walk)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (marks is not null) receipt = Spool.Both(receipt, await marks.MarkDiscardedAsync(letter, why, CancellationToken.None));
                if (++letters % BatchLetters > 0) continue;
                await FinishAsync();
                await report(new DiscardEvent(new WorkProgress(walk.Done, $"{letters}"), null));
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            stopped = "interrupted; the same command goes on with the rest";
        }
        catch (IOException e)
        {
            stopped = e.Message;
        }

        try
        {
            await FinishAsync();
        }
        catch (IOException e)
        {
            stopped = e.Message;
        }

        return new DiscardResult(durable, walk.Unreadable, marks is null, stopped);

        async ValueTask FinishAsync()
        {
            if (receipt > 0) await marks!.WaitDurableAsync(receipt, CancellationToken.None);
            (durable, receipt) = (letters, 0);
        }
    }
}
