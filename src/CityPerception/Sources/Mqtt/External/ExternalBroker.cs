using CityPerception.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.Hosting;
using CityPerception.Storage.Spooling;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;

namespace CityPerception.Sources.Mqtt.External;

/// <summary>Takes messages from a broker of somebody else's, over several connections; and ends the sessions that it no longer needs.</summary>
internal sealed class ExternalBroker(
    ServeArguments arguments, IOptions<ExternalBrokerOptions> options, CurrentPlan plan, ChannelParts parts, SparkplugVoice voice, Spool spool, BrokerState state, TimeProvider clock, ILogger<ExternalBroker> logger)
    : BackgroundService
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100), LongestDelay = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.FindAddress() is not { } broker) return;
        SessionMemory memory = SessionMemory.Open(arguments.DataDirectory, logger);
        string name = string.IsNullOrEmpty(options.Value.ClientId) ? $"cityperception-{memory.Worker}" : options.Value.ClientId;
        string[] sessions = [.. Enumerable.Range(0, options.Value.Connections).Select(i => $"{name}-{i}")];
        state.Begin(broker.Name, sessions.Length);

        var shares = new TopicShares(plan, sessions.Length, string.IsNullOrEmpty(options.Value.Group) ? null : options.Value.Group);
        SessionTopics Topics(string id) => new(broker.Name, id, memory, shares, state, logger);
        ClientFactory Clients(string id) => new(id, broker, options.Value, parts, clock);
        BrokerConnection[] connections =
            [.. sessions.Select((id, number) => new BrokerConnection(number, id, Clients(id), Topics(id), shares, voice, state, spool, clock))];
        IEnumerable<RetiredSession> retired = memory.Sessions(broker.Name).Except(sessions)
            .Select(id => new RetiredSession(broker.Name, id, Clients(id), Topics(id), memory, clock, logger));

        void Follow() => Array.ForEach(connections, c => c.OnChange());
        void FollowPlan(IngestPlan changed) => Follow();
        plan.Changed += FollowPlan;
        shares.Covered += Follow;
        try
        {
            ResiliencePipeline<string?> persistence = Persistence();
            await Task.WhenAll(
            [
                .. connections.Select(c => KeepAsync(persistence, c, stoppingToken)),
                .. retired.Select(r => persistence.ExecuteAsync(r.RunAsync, stoppingToken).AsTask()),
            ]);
        }
        finally
        {
            plan.Changed -= FollowPlan;
        }
    }

    private static async Task KeepAsync(ResiliencePipeline<string?> persistence, BrokerConnection connection, CancellationToken stopping)
    {
        while (true) await persistence.ExecuteAsync(connection.RunAsync, stopping);
    }

    // Without end: what the broker keeps for us does not become less by giving up.
    private ResiliencePipeline<string?> Persistence() =>
        new ResiliencePipelineBuilder<string?> { TimeProvider = clock }.AddRetry(new RetryStrategyOptions<string?>
        {
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = FirstDelay,
            MaxDelay = LongestDelay,
            ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Result is not null),
        }).Build();
}
