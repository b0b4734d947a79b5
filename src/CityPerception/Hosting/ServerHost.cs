using CityPerception.Access;
using CityPerception.Cases;
using CityPerception.Channels;
using CityPerception.Cli;
using CityPerception.Configuration;
using CityPerception.DeadLetters;
using CityPerception.FieldReports;
using CityPerception.Imports;
using CityPerception.Links;
using CityPerception.Observability;
using CityPerception.Rollups;
using CityPerception.Scoring;
using CityPerception.Screens;
using CityPerception.Screens.Admin;
using CityPerception.Screens.Wall;
using CityPerception.Simulation;
using CityPerception.Sources;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Operations.Access;
using CityPerception.Storage.Spooling;
using CityPerception.Upkeep;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace CityPerception.Hosting;

/// <summary>The server, assembled from its parts.</summary>
internal static class ServerHost
{
    /// <summary>A stop that takes longer is cut off; what is not acknowledged by then is sent again by its sender.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Of a connection that is not read so much is buffered; the rest stays with its sender.</summary>
    private const int UnreadBytes = 128 << 10;

    /// <summary>Runs until it is told to stop. Returns an <see cref="ExitCode"/>.</summary>
    public static async Task<int> RunAsync(ServeArguments arguments, Terminal output, Terminal error, CancellationToken cancellationToken)
    {
        Settings settings = Settings.LoadFor(arguments.DataDirectory, arguments.Set);
        if (settings.Faults.Count > 0) return StartFaults.Print(error, ExitCode.BadUsage, settings.Faults);
        if (ServeDirectories.Prepare(arguments) is { } directoryFault) return StartFaults.Print(error, ExitCode.BadUsage, [directoryFault]);

        await using WebApplication app = Build(arguments, settings.Root);
        if (StartFaults.OfOptions(app.Services) is { Count: > 0 } faults) return StartFaults.Print(error, ExitCode.BadUsage, faults);

        OperationsStart operations = app.Services.GetRequiredService<OperationsStart>();
        operations.Begin();
        try
        {
            CurrentPlan plan = app.Services.GetRequiredService<CurrentPlan>();
            if (!plan.Load())
            {
                await operations.SettleAsync();
                return CheckReport.Print(error, new CheckReport(plan.FileCount, plan.Faults));
            }

            await app.StartAsync(cancellationToken);
        }
        catch (Exception e) when (app.Services.GetRequiredService<Listeners>().Explain(e) is { } explanation)
        {
            await app.StopAsync(CancellationToken.None); // what had started before it
            return StartFaults.Print(error, ExitCode.Failed, [explanation]);
        }
        catch (SpoolInUseException e)
        {
            return StartFaults.Print(error, ExitCode.Failed, [$"{e.Message} Stop the other process, or name another directory with --data DIR.\n    数据目录正被另一个进程使用。"]);
        }
        catch (OperationsUnavailableException e)
        {
            await app.StopAsync(CancellationToken.None);
            return StartFaults.Print(error, ExitCode.Failed, [$"The operational database ({app.Services.GetRequiredService<OperationalDbs>().Description}) cannot be opened: {e.Message}\n    运行数据库无法打开，请检查 Operations 设置及文件权限。"]);
        }

        app.Services.GetRequiredService<StartBanner>().Show(output);
        await app.WaitForShutdownAsync(cancellationToken);
        return HasFailed(app.Services) ? ExitCode.Failed : ExitCode.Ok;
    }

    /// <summary>
    /// Puts the parts together. Hosted services start in the order of their lines and stop in the reverse; Kestrel is
    /// always the last to start and the first to stop. Hence the lines follow the path of data from its end: stores,
    /// dispatcher, spool, sources.
    /// </summary>
    public static WebApplication Build(ServeArguments arguments, IConfiguration settings)
    {
        // The empty builder: no appsettings, no environment variables of the framework's, nothing that is not below.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "cityperception" });
        builder.Configuration.AddConfiguration(settings);
        builder.Logging.AddLogOutput(settings.GetSection(LoggingOptions.Section).Get<LoggingOptions>() ?? new LoggingOptions());
        bool started = false;
        // A start that fails ends in one sentence or in the exception itself; the host's own account would say it again.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => level >= LogLevel.Warning && Volatile.Read(ref started));
        builder.WebHost.UseKestrelCore().UseSockets(o => o.MaxReadBufferSize = UnreadBytes);

        IServiceCollection services = builder.Services;
        services.AddSingleton(arguments);
        services.AddSingleton(TimeProvider.System);
        services.Configure<HostOptions>(o => o.ShutdownTimeout = ShutdownTimeout);
        services.Configure<ConsoleLifetimeOptions>(o => o.SuppressStatusMessages = true); // the banner says it

        services.AddFrameOptions();
        services.AddTelemetry(settings.GetSection(OtlpOptions.Section).Get<OtlpOptions>() ?? new OtlpOptions());
        services.AddHostReadiness();
        services.AddIngestConfiguration();
        services.AddStorage(arguments, settings);
        services.AddOperations(arguments);
        services.AddHttpAccess(arguments, settings);
        services.AddLinks(arguments, settings);
        services.AddChannels();
        services.AddRollups(arguments.Roles);
        services.AddUpkeep(arguments.Roles);
        services.AddIngestStats(arguments.Roles, settings);
        services.AddScorer();
        services.AddSources(arguments.Roles);
        services.AddCases(arguments.Roles);
        services.AddLetterOperations();
        services.AddImports();
        services.AddFieldReports(arguments.Roles);
        services.AddLive();
        services.AddWall();
        services.AddAdmin();
        if (arguments.Demo is not null) services.AddHostedService<DemoCity>();

        services.AddRouting();
        services.AddProblems();
        services.AddReadableJson();
        services.AddLocalCallersOnly();
        services.AddApiDescription();
        services.AddSingleton<Listeners>();
        services.AddSingleton<StartBanner>();
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, HttpListening>();

        WebApplication app = builder.Build();
        app.UseSecurityHeaders();
        app.UseProblems();
        app.UseLocalCallersOnly();
        app.UseHttpAccess();
        app.UseRequestDecompression();
        app.UseWebSockets();
        app.MapHealth();
        app.MapPrometheusScrapingEndpoint("/metrics").Needs(KeyScopes.Metrics, AccessRules.Everybody);
        app.MapApiDescription();
        app.MapHttpAccess();
        app.MapLetters();
        app.MapCases(arguments.Roles);
        app.MapLinks();
        app.MapUpkeep(arguments.Roles);
        if (arguments.Roles.HasFlag(Roles.Ingest))
        {
            app.MapSources(arguments.Roles);
            app.MapImports();
            app.MapFieldReports();
        }

        if (arguments.Roles.HasFlag(Roles.Web))
        {
            app.MapStartPage();
            app.MapLiveFeed();
            app.MapWall();
            app.MapAdmin();
            if (!arguments.Roles.HasFlag(Roles.Ingest)) app.MapElsewhere(ReportEndpoints.Path, Roles.Ingest, arguments.Roles);
            if (arguments.Roles.HasFlag(Roles.Dispatch)) app.MapChannels();
            else app.MapElsewhere(ChannelEndpoints.Path, Roles.Dispatch, arguments.Roles);
            if (arguments.Roles.HasFlag(Roles.Dispatch | Roles.Rollup)) app.MapJobDashboard();
        }

        app.Lifetime.ApplicationStarted.Register(() =>
        {
            Volatile.Write(ref started, true);
            LogStops(app);
        });
        app.TellCommands();
        return app;
    }

    private static void AddFrameOptions(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<HttpOptions>, HttpOptionsValidator>();
        services.AddSingleton<IValidateOptions<HttpOptions>, ListenGuard>();
        services.AddOptions<HttpOptions>().BindConfiguration(HttpOptions.Section).ValidateOnStart();

        services.AddSingleton<IValidateOptions<MqttOptions>, MqttOptionsValidator>();
        services.AddSingleton<IValidateOptions<MqttOptions>, ListenGuard>();
        services.AddOptions<MqttOptions>().BindConfiguration(MqttOptions.Section).ValidateOnStart();

        services.AddSingleton<IValidateOptions<TlsOptions>, TlsOptionsValidator>();
        services.AddOptions<TlsOptions>().BindConfiguration(TlsOptions.Section).ValidateOnStart();
        services.AddSingleton<ServerCertificate>();

        services.AddSingleton<IValidateOptions<SecurityOptions>, SecurityOptionsValidator>();
        services.AddOptions<SecurityOptions>().BindConfiguration(SecurityOptions.Section).ValidateOnStart();

        services.AddSingleton<IValidateOptions<OtlpOptions>, OtlpOptions>();
        services.AddOptions<OtlpOptions>().BindConfiguration(OtlpOptions.Section).ValidateOnStart();
        services.AddOptions<LoggingOptions>().BindConfiguration(LoggingOptions.Section).ValidateOnStart();
    }

    private static void LogStops(WebApplication app)
    {
        app.Lifetime.ApplicationStopping.Register(() => app.Logger.Stopping());
        app.Lifetime.ApplicationStopped.Register(() => app.Logger.Stopped());
    }

    // A background service that ends by an exception stops the host; the exit code has to say so as well.
    private static bool HasFailed(IServiceProvider services) =>
        services.GetServices<IHostedService>().OfType<BackgroundService>().Any(s => s.ExecuteTask is { IsFaulted: true });
}
