using System.Collections.Concurrent;
using CityPerception.Tests.Support;
using MQTTnet;

namespace CityPerception.Tests.Sources.External;

/// <summary>
/// Devices of somebody else's broker: they publish numbered observations to it, many at once, connect again when it has
/// been away, and remember which it has acknowledged. A number is sent once, so nothing makes up for a loss.
/// </summary>
internal sealed class BrokerLoad(int port)
{
    private const int Connections = 2, InFlightEach = 40;

    private readonly ConcurrentDictionary<long, bool> _acknowledged = new();
    private long _next;

    /// <summary>The numbers that the broker has promised to deliver.</summary>
    public ICollection<long> Acknowledged => _acknowledged.Keys;

    public int AcknowledgedCount => _acknowledged.Count;

    /// <summary>Publishes so many and waits for their acknowledgements.</summary>
    public async Task PublishAsync(int count, CancellationToken cancellationToken)
    {
        using IMqttClient client = await MqttSender.ConnectAsync(port, $"device-{Guid.NewGuid():N}", cancellationToken);
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => PublishOneAsync(client, cancellationToken)));
    }

    /// <summary>Publishes as fast as the broker takes it until it is told to stop.</summary>
    public Task RunAsync(CancellationToken stopping) => Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(() => PublishForEverAsync(stopping), CancellationToken.None)));

    private async Task PublishForEverAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            IMqttClient? client = null;
            try
            {
                client = await MqttSender.ConnectAsync(port, $"device-{Guid.NewGuid():N}", stopping);
                await Task.WhenAll(Enumerable.Range(0, InFlightEach).Select(async _ =>
                {
                    while (!stopping.IsCancellationRequested) await PublishOneAsync(client, stopping);
                }));
            }
            catch (Exception) when (client is not { IsConnected: true } || stopping.IsCancellationRequested)
            {
                await Task.Yield(); // the broker is away: what has no answer may have arrived or not
            }
            finally
            {
                Leave(client);
            }
        }
    }

    // MQTTnet takes a lost connection down on a thread of its own; then Dispose may throw.
    private static void Leave(IMqttClient? client)
    {
        try
        {
            client?.Dispose();
        }
        catch (ObjectDisposedException)
        {
            // It is what was wanted.
        }
    }

    private async Task PublishOneAsync(IMqttClient client, CancellationToken cancellationToken)
    {
        long number = Interlocked.Increment(ref _next);
        if (NumberedLoad.IsBad(number)) return;
        MqttClientPublishResult answer = await client.PublishAsync(MqttSender.Message("city/aq/AQ-00001/telemetry", NumberedLoad.Message(number)), cancellationToken);
        Assert.True(answer.IsSuccess, $"the broker answered {answer.ReasonCode}");
        _acknowledged[number] = true;
    }
}
