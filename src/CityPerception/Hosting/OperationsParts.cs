using CityPerception.Observability;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Operations.Devices;
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
        OperationsOptions options = settings.GetSection(OperationsOptions.Section).Get<OperationsOptions>() ?? new OperationsOptions();
        if (settings[$"{OperationsOptions.Section}:{nameof(OperationsOptions.SqlitePath)}"] is null) options.SqlitePath = Path.Combine(dataDirectory, SqliteFile);
        return options;
    }

    public static IServiceCollection AddOperations(this IServiceCollection services, ServeArguments arguments, IConfiguration settings)
    {
        services.AddSingleton<IValidateOptions<OperationsOptions>, OperationsRules>();
        services.AddOptions<OperationsOptions>().BindConfiguration(OperationsOptions.Section).ValidateOnStart();
        services.AddSingleton(_ => new OperationalDbs(Read(settings, arguments.DataDirectory)));
        services.AddSingleton(static provider => new DeviceRegistry(provider.GetRequiredService<OperationalDbs>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ISecretProtector>(_ => SecretProtector.Open(Path.Combine(arguments.DataDirectory, KeysFolder)));
        services.AddSingleton<OperationsState>();
        services.AddSingleton<OperationsStart>();
        services.AddHostedService(static provider => provider.GetRequiredService<OperationsStart>());
        services.AddReadiness("operations", static provider => provider.GetRequiredService<OperationsState>().Failure is { } failure
            ? HealthCheckResult.Degraded("no device is let in: " + failure)
            : HealthCheckResult.Healthy("open"));
        return services;
    }
}

/// <summary>What is known of the operational database while the server runs.</summary>
internal sealed class OperationsState
{
    private readonly TaskCompletionSource _watched = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _failure;

    /// <summary>Completes when changes of the registry are being watched for: nobody is let in before.</summary>
    public Task Watched => _watched.Task;

    public void SetWatched() => _watched.TrySetResult();

    /// <summary>Why it does not answer; null while it does, or is not asked.</summary>
    public string? Failure
    {
        get => _failure;
        set => _failure = value;
    }
}
