using CityPerception.Access;
using CityPerception.Core.Queries;
using CityPerception.Hosting;
using CityPerception.Storage.Cases;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Operations.Access;
using CityPerception.Storage.Projections;
using CityPerception.Upkeep;

namespace CityPerception.Cases;

/// <summary>Registration of the cases' present state.</summary>
internal static class CaseServices
{
    /// <summary>What a process needs that carries lines from a spool to the store.</summary>
    public static IServiceCollection AddCaseProjection(this IServiceCollection services)
    {
        services.AddSingleton<CaseSettings>();
        services.AddSingleton(static provider => new CaseTable(
            provider.GetRequiredService<OperationalDbs>(), () => provider.GetRequiredService<CaseSettings>().Terms, provider.GetRequiredService<TimeProvider>()));
        return services.AddSingleton<IProjection>(static provider => new CaseProjection(
            async token =>
            {
                await provider.GetRequiredService<OperationsState>().Opened.WaitAsync(token);
                return provider.GetRequiredService<CaseTable>(); // not before: the database's own code is loaded with it
            },
            () => provider.GetRequiredService<CaseSettings>().Terms));
    }

    public static IServiceCollection AddCases(this IServiceCollection services, Roles roles)
    {
        services.AddSingleton(static provider => new CaseQuery(provider.GetRequiredService<OperationalDbs>()));
        services.AddSingleton<CaseEndpoints>();
        if (!roles.HasFlag(Roles.Dispatch)) return services.AddSingleton<CaseSettings>();
        services.AddSingleton(static provider => new CaseRebuild(
            provider.GetRequiredService<IStore>(), provider.GetRequiredService<OperationalDbs>(), provider.GetRequiredService<CaseTable>(),
            () => provider.GetRequiredService<CaseSettings>().Terms, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<RebuildEndpoint>();
        return services.AddHostedService<CaseClock>();
    }

    public static void MapCases(this IEndpointRouteBuilder endpoints, Roles roles)
    {
        endpoints.MapGet(CaseEndpoints.Path, (HttpContext context, CaseEndpoints cases, CancellationToken cancellationToken) => cases.ListAsync(context, cancellationToken))
            .WithTags("Cases")
            .WithSummary("Lists cases, the last changed first; ?source, id, district, grid, category, dept, state, open=true|false, overdue=true|false, limit, after.")
            .WithDescription("列出案件（最近变化的在前），可按数据源、编号、区县、网格、类别、部门、状态、在办、超期筛选并分页。")
            .Produces<CaseList>()
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .AsksOperations()
            .Needs(KeyScopes.Read, AccessRules.Everybody);
        endpoints.MapGet(CaseEndpoints.Path + "/{source}/{id}", (string source, string id, HttpContext context, CaseEndpoints cases, CancellationToken cancellationToken) => cases.GetAsync(source, id, context, cancellationToken))
            .WithTags("Cases")
            .WithSummary("One case with its history: each state, and how long each stage took in hours and in working hours.")
            .WithDescription("查看一个案件及其流转历史、各环节用时（自然小时与工作小时）。")
            .Produces<CaseDetails>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .AsksOperations()
            .Needs(KeyScopes.Read, AccessRules.Everybody);
        if (!roles.HasFlag(Roles.Dispatch)) return;
        endpoints.MapPost(CaseEndpoints.RebuildPath, (HttpContext context, RebuildEndpoint rebuild, CancellationToken cancellationToken) => rebuild.PostAsync(context, cancellationToken))
            .WithTags("Cases")
            .WithSummary("Makes all cases anew from the store, beside those that are shown, while everything goes on. Answers a line an event, the result last.")
            .WithDescription("从存储重建全部案件状态，期间服务照常；逐行返回进度与结果。")
            .Produces<RebuildEvent>(StatusCodes.Status200OK, EventLines.LinesType)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .NeedsOnRecord(KeyScopes.Rebuild, UserRoles.Engineer, UserRoles.Administrator);
    }
}
