using Microsoft.AspNetCore.Connections;

namespace CityPerception.Sources.Mqtt.Access;

/// <summary>
/// One connection's part in its device's rate. Past it the connection is not read, and TCP tells the sender to wait;
/// nothing is dropped, and nothing is acknowledged that was not taken.
/// </summary>
internal sealed class SendingRate(DeviceRates rates) : IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private bool _isPaid;

    /// <summary>Whose messages count: the device that showed its credentials, or the client id where nobody has to.</summary>
    public string Device { get; set; } = "";

    /// <summary>Waits until the message that comes next may be taken.</summary>
    /// <exception cref="ConnectionAbortedException">The connection has been ended meanwhile.</exception>
    public ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (_isPaid) return default; // for one that was not taken yet
        _isPaid = rates.TryTake(Device);
        return _isPaid ? default : PauseAsync(cancellationToken);
    }

    /// <summary>Takes a message. False: it has to wait.</summary>
    public bool TryTake()
    {
        if (!_isPaid) return rates.TryTake(Device);
        _isPaid = false;
        return true;
    }

    /// <summary>Ends a wait. May be called by another thread.</summary>
    public void End() => _ended.Cancel();

    public void Dispose() => End(); // only this: a wait may still be on its way out

    private async ValueTask PauseAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended.Token);
        try
        {
            await rates.TakeAsync(this, either.Token);
        }
        catch (OperationCanceledException e) when (_ended.IsCancellationRequested)
        {
            throw new ConnectionAbortedException("The connection was ended while it was not read.", e);
        }

        _isPaid = true;
    }
}
