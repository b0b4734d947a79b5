using CityPerception.Access;
using CityPerception.Observability;
using CityPerception.Storage.DeadLetters;
using CityPerception.Storage.Operations.Access;
using CityPerception.Upkeep;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CityPerception.DeadLetters;

/// <summary>Registration of what is done about dead letters.</summary>
internal static class LetterServices
{
    public static IServiceCollection AddLetterOperations(this IServiceCollection services)
    {
        services.AddSingleton<LetterReplay>();
        services.AddSingleton<LetterEndpoints>();
        services.AddSingleton<InstanceFile>();
        services.AddReadiness("deadletters", static provider => Describe(provider.GetRequiredService<DeadLetterLog>()));
        return services;
    }

    public static void MapLetters(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(LetterEndpoints.Path, (HttpContext context, LetterEndpoints letters, CancellationToken cancellationToken) => letters.ListAsync(context.Request, cancellationToken))
            .NeedsOnRecord(KeyScopes.DeadLetters, UserRoles.Engineer, UserRoles.Administrator)
            .WithTags("Operations")
            .WithSummary("Lists dead letters, the newest first; ?source, reason, since, until, topic, text, state=open|replayed|discarded|all, limit, before.")
            .WithDescription("列出死信（最新在前），可按数据源、原因、时间、主题、文本与状态筛选并分页。")
            .Produces<LetterList>();
        endpoints.MapGet(LetterEndpoints.Path + "/{id}", (string id, LetterEndpoints letters, CancellationToken cancellationToken) => letters.GetAsync(id, cancellationToken))
            .NeedsOnRecord(KeyScopes.DeadLetters, UserRoles.Engineer, UserRoles.Administrator)
            .WithTags("Operations")
            .WithSummary("One dead letter with its original bytes, as base64 and, where they are UTF-8, as text; of people only the text, masked.")
            .WithDescription("查看一条死信及其原始字节；涉及个人的仅显示脱敏文本。")
            .Produces<LetterDetails>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        endpoints.MapPost(LetterEndpoints.ReplayPath, (HttpContext context, LetterEndpoints letters, CancellationToken cancellationToken) => letters.ReplayAsync(context, cancellationToken))
            .NeedsOnRecord(KeyScopes.DeadLetters, UserRoles.Engineer, UserRoles.Administrator)
            .WithTags("Operations")
            .WithSummary("Replays dead letters with the configuration of now; dryRun only says what would become of them. Accept application/x-ndjson for a line an event.")
            .WithDescription("按当前配置重放死信；dryRun 只预览结果。")
            .Accepts<ReplayRequest>("application/json")
            .Produces<ReplayAnswer>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict);
        endpoints.MapPost(LetterEndpoints.DiscardPath, (HttpContext context, LetterEndpoints letters, CancellationToken cancellationToken) => letters.DiscardAsync(context, cancellationToken))
            .NeedsOnRecord(KeyScopes.DeadLetters, UserRoles.Engineer, UserRoles.Administrator)
            .WithTags("Operations")
            .WithSummary("Discards open dead letters, with a reason (why); dryRun only says how many. Answers a line an event, the result last.")
            .WithDescription("放弃待处理的死信并注明原因；dryRun 只统计条数。")
            .Accepts<DiscardRequest>("application/json")
            .Produces<DiscardEvent>(StatusCodes.Status200OK, EventLines.LinesType)
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }

    /// <summary>Commands find the server while it listens.</summary>
    public static void TellCommands(this WebApplication app)
    {
        InstanceFile file = app.Services.GetRequiredService<InstanceFile>();
        app.Lifetime.ApplicationStarted.Register(file.Write);
        app.Lifetime.ApplicationStopping.Register(file.Delete);
    }

    private static HealthCheckResult Describe(DeadLetterLog letters)
    {
        if (letters.Failure is { } failure) return HealthCheckResult.Degraded("messages that are refused are not acknowledged until one can be kept again: " + failure.Message);
        string size = $"{letters.Bytes >> 20} of {letters.Limits.MaxBytes >> 20} MiB";
        if (letters.Limits.IsFilling) return HealthCheckResult.Degraded($"{size}: at the limit the oldest are removed; replay them after a correction, or raise DeadLetters:MaxBytes");
        return letters.Limits.Ageing is > 0 and int ageing
            ? HealthCheckResult.Degraded($"{ageing} that nobody has replayed are near their greatest age (DeadLetters:MaxAge) and will be removed; see the log")
            : HealthCheckResult.Healthy(size);
    }
}
