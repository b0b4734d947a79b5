using CityPerception.Hosting;

namespace CityPerception.Simulation;

/// <summary>Runs the simulated city beside the server, as the outside client that it is, once the server listens.</summary>
internal sealed class DemoCity(ServeArguments arguments, Listeners listeners, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<DemoCity> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration whenStarted = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);

        var options = new SimulationOptions { Rate = arguments.Demo!.Rate, StationsFile = Path.Combine(arguments.ConfigDirectory, "lookups", "stations.csv") };
        if (listeners.Find("MQTT") is { } mqtt) (options.MqttHost, options.MqttPort) = (mqtt.Address.ToString(), mqtt.Port);
        else options.MqttHost = null;
        options.HttpUrl = listeners.Find("HTTP") is { } http ? new Uri($"http://{http}") : null;

        // It leaves before the server does: what it still has on the way is answered.
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        await new CitySimulator(options, clock, logger).RunAsync(leaving.Token);
    }
}
