using CityPerception.Access;
using CityPerception.Core.Channels.Calculations;
using CityPerception.Core.Queries;
using CityPerception.FieldReports;
using CityPerception.Hosting;
using CityPerception.Rollups;
using CityPerception.Storage;
using CityPerception.Storage.Cases;
using CityPerception.Storage.Dispatch;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Operations.Access;
using CityPerception.Storage.Operations.Rollups;
using CityPerception.Storage.Plans;
using CityPerception.Storage.Retention;
using CityPerception.Storage.Rollups;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CityPerception.Upkeep;

/// <summary>Registration of what operators and the calendar have done to a store.</summary>
internal static class UpkeepServices
{
    private const string Tag = "Operations";

    /// <summary>In a server.</summary>
    public static IServiceCollection AddUpkeep(this IServiceCollection services, Roles roles)
    {
        services.AddSingleton<EventLines>();
        if (!roles.HasFlag(Roles.Dispatch)) return services;
        services.AddUpkeepWork();
        services.AddSingleton<UpkeepEndpoints>();
        services.AddSingleton<PlanEndpoint>();
        if (!roles.HasFlag(Roles.Rollup)) return services;
        services.AddSingleton<RetentionJob>();
        return services.AddHostedService<RetentionSchedule>();
    }

    /// <summary>In a command, which has the store for itself.</summary>
    public static void AddUpkeepAlone(this IServiceCollection services)
    {
        services.TryAddSingleton<StorageMetrics>();
        services.AddSingleton(static provider => ActivatorUtilities.CreateInstance<StorePipeline>(provider, new DispatcherOptions()));
        services.AddRollupState();
        services.AddPhotos();
        services.AddUpkeepWork();
    }

    public static void MapUpkeep(this IEndpointRouteBuilder endpoints, Roles roles)
    {
        if (!roles.HasFlag(Roles.Dispatch)) return;
        endpoints.MapPost(UpkeepEndpoints.RollupPath, static (HttpContext context, UpkeepEndpoints upkeep, CancellationToken cancellationToken) => upkeep.RollupAsync(context, cancellationToken))
            .WithTags(Tag)
            .WithSummary("Computes windows anew; ?from, to, channel, window, dryRun=true. Answers a line an event, the result last.")
            .WithDescription("重新计算一段时间的通道视图；逐行返回进度与结果。")
            .Produces<RollupEvent>(StatusCodes.Status200OK, EventLines.LinesType)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .NeedsOnRecord(KeyScopes.Rebuild, UserRoles.Engineer, UserRoles.Administrator);
        endpoints.MapPost(UpkeepEndpoints.RetentionPath, static (HttpContext context, bool? dryRun, UpkeepEndpoints upkeep, CancellationToken cancellationToken) => upkeep.RetainAsync(context, dryRun, cancellationToken))
            .WithTags(Tag)
            .WithSummary("Deletes what is older than city.yaml keeps it; ?dryRun=true only says what. Answers a line an event, the result last.")
            .WithDescription("按 city.yaml 的保留期限清理数据；dryRun=true 仅列出将被清理的数据。")
            .Produces<RetentionEvent>(StatusCodes.Status200OK, EventLines.LinesType)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .NeedsOnRecord(KeyScopes.Rebuild, UserRoles.Engineer, UserRoles.Administrator);
        MapPlan(endpoints);
    }

    private static void MapPlan(IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost(PlanEndpoint.Path, static (HttpContext context, int? days, PlanEndpoint plans, CancellationToken cancellationToken) => plans.PostAsync(context, days, cancellationToken))
            .WithTags(Tag)
            .WithSummary("Compares the configuration that is sent with the one that runs, over the last ?days. Writes nothing. Answers a line an event, the result last.")
            .WithDescription("将提交的配置与当前配置在最近若干天的数据上对比，不写入任何数据；逐行返回进度与结果。")
            .Accepts<PlanFiles>("application/json")
            .Produces<PlanEvent>(StatusCodes.Status200OK, EventLines.LinesType)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .NeedsOnRecord(KeyScopes.Rebuild, UserRoles.Engineer, UserRoles.Administrator);

    private static void AddUpkeepWork(this IServiceCollection services)
    {
        services.TryAddSingleton<ICaseStates>(static provider => new CaseStates(provider.GetRequiredService<OperationalDbs>()));
        services.TryAddSingleton<RollupInputs>();
        services.TryAddSingleton<RollupEngine>();
        services.AddSingleton<RollupRun>();
        services.AddSingleton(static provider => new StoreRetention(
            provider.GetRequiredService<IStore>(), provider.GetRequiredService<RollupState>(), provider.GetRequiredService<CaseTable>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<UpkeepWork>();
        services.AddSingleton<PlanComparison>();
        services.AddSingleton<PlanWork>();
    }
}
