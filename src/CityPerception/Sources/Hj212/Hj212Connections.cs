using CityPerception.Core.Mapping;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.ObjectPool;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Hj212;

/// <summary>Serves Kestrel's connections of loggers.</summary>
internal sealed class Hj212Connections(Hj212Ingest ingest, Hj212Metrics metrics, Hj212Gate gate, IOptions<Hj212Options> options, ObjectPool<MappingRun> runs, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<Hj212Connections> logger) : ConnectionHandler
{
    private int _open;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        if (!gate.Allows(connection.RemoteEndPoint))
        {
            metrics.CutOff("address");
            logger.AddressRefused(connection.RemoteEndPoint);
            return;
        }

        MappingRun run = runs.Get();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed, lifetime.ApplicationStopping);
        try
        {
            if (Interlocked.Increment(ref _open) > options.Value.MaxConnections) metrics.CutOff("too_many");
            else await new Hj212Channel(connection, ingest, metrics, gate, options.Value, run, clock, logger).RunAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The peer has gone, or the server stops: what has no answer is sent again.
        }
        catch (IOException)
        {
            // The connection broke, or the disk has failed, which readiness and the log tell: without an answer the device sends again.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
            runs.Return(run);
        }
    }
}
