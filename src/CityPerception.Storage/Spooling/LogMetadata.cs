using FASTER.core;

namespace CityPerception.Storage.Spooling;

/// <summary>Tells FasterLog where a log begins and ends, as <see cref="LogRecovery"/> found it.</summary>
/// <remarks>
/// FasterLog's own manager writes a file for every commit, and FasterLog swallows its exceptions and then waits for
/// ever. This one keeps nothing: what must survive is in <see cref="LogCheckpointFile"/> and in the records.
/// </remarks>
internal sealed class LogMetadata(long begin, long until) : ILogCommitManager
{
    private const long Only = 1;

    public IEnumerable<long> ListCommits() => [Only];

    public byte[] GetCommitMetadata(long commitNum) =>
        new FasterLogRecoveryInfo { BeginAddress = begin, UntilAddress = until, CommitNum = Only }.ToByteArray();

    public void Commit(long beginAddress, long untilAddress, byte[] commitMetadata, long commitNum, bool forceWriteMetadata)
    {
    }

    public void RemoveCommit(long commitNum)
    {
    }

    public void RemoveAllCommits()
    {
    }

    public void OnRecovery(long commitNum)
    {
    }

    public void Dispose()
    {
    }
}
