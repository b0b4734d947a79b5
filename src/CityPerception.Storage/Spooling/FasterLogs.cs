using FASTER.core;

namespace CityPerception.Storage.Spooling;

/// <summary>Opens FasterLog where <see cref="LogRecovery"/> says.</summary>
internal static class FasterLogs
{
    public static FasterLog Open(DurableLogSettings settings, SegmentDevice device, RecoveredLog recovered)
    {
        var log = new FasterLog(new FasterLogSettings
        {
            LogDevice = device,
            LogCommitManager = new LogMetadata(recovered.Begin, recovered.Tail),
            PageSize = settings.PageBytes,
            SegmentSize = settings.SegmentBytes,
            MemorySize = settings.MemoryBytes,
            LogChecksum = LogChecksumType.None,
            TryRecoverLatest = false, // it would swallow an error and begin an empty log over a full one
        });
        if (recovered.Tail > DurableLog.FirstAddress) log.Recover();
        if (log.TailAddress != recovered.Tail || log.BeginAddress != recovered.Begin)
            throw new InvalidOperationException($"{settings.Directory}: FasterLog opened at {log.BeginAddress}..{log.TailAddress} and not at {recovered.Begin}..{recovered.Tail}.");
        return log;
    }
}
