namespace CityPerception.Storage.Spooling;

/// <summary>Reads what is durable in the spool, in order, from where the last <see cref="Spool.Truncate"/> left off.</summary>
/// <remarks>One thread at a time. Reading does not remove: a reader opened again begins at the same record.</remarks>
public sealed class SpoolReader : IDisposable
{
    private readonly Spool _spool;
    private LogReader _reader;
    private DurableLog _log;

    internal SpoolReader(Spool spool)
    {
        _spool = spool;
        _log = spool.Log;
        _reader = _log.ReadFrom(_log.BeginAddress);
    }

    /// <summary>Where the next record will be looked for.</summary>
    public long Position => _reader.Position;

    /// <summary>Reads the next record if there is a durable one.</summary>
    public bool TryRead(out SpoolRecord record)
    {
        if (_reader.TryRead(_log.DurableAddress, committed: true, out LogItem item))
        {
            bool damaged = item.Damaged || item.Head.Kind is not RecordKind.Lines;
            record = new SpoolRecord(item.Address, item.NextAddress, item.Head.ReceivedNs, damaged ? 0 : item.Head.Count, item.Body, damaged);
            return true;
        }

        record = default;
        return false;
    }

    /// <summary>Completes when there may be more to read; false when the spool is closed.</summary>
    public async ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await _log.WaitBeyondAsync(Position, cancellationToken);
                return true;
            }
            catch (SpoolFailedException)
            {
                // The records are safe; more come when the owner has opened the spool again.
                await _spool.WaitReopenedAsync(_log, cancellationToken);
                Follow();
            }
            catch (ObjectDisposedException)
            {
                if (ReferenceEquals(_spool.Log, _log)) return false;
                Follow();
            }
        }
    }

    public void Dispose() => _reader.Dispose();

    private void Follow()
    {
        long position = Position;
        _reader.Dispose();
        _log = _spool.Log;
        _reader = _log.ReadFrom(Math.Max(position, _log.BeginAddress)); // it begins in another segment if nothing waited
    }
}
