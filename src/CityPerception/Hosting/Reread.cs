namespace CityPerception.Hosting;

/// <summary>
/// What is read from files, as they are now: they are looked at when somebody asks, once a second at the most. What cannot
/// be used leaves what was read before in place, and is told once.
/// </summary>
/// <typeparam name="TMark">By which a change is seen: a file's time, or its text.</typeparam>
/// <typeparam name="T">What is read.</typeparam>
internal sealed class Reread<TMark, T>(Reread<TMark, T>.Look look, Reread<TMark, T>.Read read, Action<string> kept, TimeProvider clock)
    where T : class
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private T? _current;
    private TMark? _mark;
    private bool _isRead;
    private long _lookedAt;
    private string? _fault;

    /// <summary>Sees how the files are; false with what is wrong.</summary>
    internal delegate bool Look(out TMark mark, out string? fault);

    /// <summary>Reads them; null with what is wrong.</summary>
    internal delegate T? Read(TMark mark, out string? fault);

    /// <summary>What was last read soundly; null if nothing ever was.</summary>
    public T? Current()
    {
        lock (_lock)
        {
            if (_current is not null && clock.GetElapsedTime(_lookedAt) < LookAgain) return _current;
            _lookedAt = clock.GetTimestamp();
            if (look(out TMark mark, out string? fault) && !(_isRead && EqualityComparer<TMark>.Default.Equals(mark, _mark)))
            {
                (_mark, _isRead) = (mark, true);
                if (read(mark, out fault) is { } current) _current = current;
            }

            // Once for each fault: files that are being written are looked at again.
            if (fault is not null && fault != _fault) kept(fault);
            _fault = fault;
            return _current;
        }
    }
}
