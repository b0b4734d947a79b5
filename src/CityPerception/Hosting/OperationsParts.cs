using CityPerception.Observability;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Operations.Devices;
using CityPerception.Storage.Projections;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace CityPerception.Hosting;

/// <summary>The operational database, by the data directory and the settings.</summary>
internal static class OperationsParts
{
    public const string SqliteFile = "operations.db", KeysFolder = "keys";

    /// <summary>The settings, with SQLite's file in the data directory unless they say otherwise.</summary>
    public static OperationsOptions Read(IConfiguration settings, string dataDirectory)
    {
        OperationsOptions options = new() { SqlitePath = Path.Combine(dataDirectory, SqliteFile) };
        settings.GetSection(OperationsOptions.Section).Bind(options);
        return options;
    }

    public static IServiceCollection AddOperations(this IServiceCollection services, ServeArguments arguments)
    {
        services.AddSingleton<IValidateOptions<OperationsOptions>, OperationsRules>();
        services.AddOptions<OperationsOptions>()
            .Configure(options => options.SqlitePath = Path.Combine(arguments.DataDirectory, SqliteFile))
            .BindConfiguration(OperationsOptions.Section)
            .ValidateOnStart();
        services.AddSingleton(static provider => new OperationalDbs(provider.GetRequiredService<IOptions<OperationsOptions>>().Value));
        services.AddSingleton(static provider => new DeviceRegistry(provider.GetRequiredService<OperationalDbs>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ISecretProtector>(_ => SecretProtector.Open(Path.Combine(arguments.DataDirectory, KeysFolder)));
        services.AddSingleton<OperationsState>();
        services.AddSingleton(static provider => new ProjectionsReady(provider.GetRequiredService<OperationsState>().Opened.WaitAsync));
        services.AddSingleton<OperationsStart>();
        services.AddHostedService(static provider => provider.GetRequiredService<OperationsStart>());
        services.AddReadiness("operations", Describe);
        return services;
    }

    private static HealthCheckResult Describe(IServiceProvider provider)
    {
        OperationsState state = provider.GetRequiredService<OperationsState>();
        if (state.Failure is not { } failure) return HealthCheckResult.Healthy(state.Opened.IsCompleted ? "open" : "opening");
        return HealthCheckResult.Degraded((provider.GetRequiredService<IOptions<SecurityOptions>>().Value.Required ? "no device is let in: " : "cases wait in the spool: ") + failure);
    }
}

/// <summary>What is known of the operational database while the server runs.</summary>
internal sealed class OperationsState
{
    private readonly TaskCompletionSource _watched = new(TaskCreationOptions.RunContinuationsAsynchronously), _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _failure;

    /// <summary>Completes when changes of the registry are being watched for: nobody is let in before.</summary>
    public Task Watched => _watched.Task;

    public void SetWatched() => _watched.TrySetResult();

    /// <summary>Completes when the database has its form.</summary>
    public Task Opened => _opened.Task;

    public void SetOpen() => _opened.TrySetResult();

    /// <summary>Why it does not answer; null while it does.</summary>
    public string? Failure
    {
        get => _failure;
        set => _failure = value;
    }
}
