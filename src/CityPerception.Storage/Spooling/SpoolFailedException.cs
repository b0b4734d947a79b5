namespace CityPerception.Storage.Spooling;

/// <summary>
/// The disk did not take what was appended. Whatever had not been reported durable must be taken as lost, and the log
/// takes no more until it is opened again.
/// </summary>
public sealed class SpoolFailedException(string directory, Exception reason)
    : IOException($"{directory} cannot be written: {reason.Message}. What was not acknowledged must be sent again; the log reopens when the disk takes data again.", reason)
{
    public string Directory { get; } = directory;
}

/// <summary>Another process, or another instance in this one, has the directory open.</summary>
public sealed class SpoolInUseException(string directory, Exception? reason = null)
    : IOException($"{directory} is open in another process. Stop it, or give this one a directory of its own.", reason)
{
    public string Directory { get; } = directory;
}
