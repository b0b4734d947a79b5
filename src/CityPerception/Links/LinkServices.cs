using CityPerception.Access;
using CityPerception.Core.Queries;
using CityPerception.Hosting;
using CityPerception.Storage.Links;
using CityPerception.Storage.Operations.Access;
using CityPerception.Storage.Projections;
using Microsoft.Extensions.Options;

namespace CityPerception.Links;

/// <summary>Registration of the links between appeals.</summary>
internal static class LinkServices
{
    public const string Path = "/api/links", RebuildPath = Path + "/rebuild";

    public const int ListLimit = 50, MaxListed = 1_000;

    // A judgement, which a person answers for.
    private static readonly AccessRule ByPeople = new([], [UserRoles.Operator, UserRoles.Engineer, UserRoles.Administrator], IsAudited: true);

    public static IServiceCollection AddLinks(this IServiceCollection services, ServeArguments arguments, IConfiguration settings)
    {
        services.AddSingleton<IValidateOptions<AppealLinkOptions>, AppealLinkOptionsValidator>();
        services.AddOptions<AppealLinkOptions>().BindConfiguration(AppealLinkOptions.Section).ValidateOnStart();
        services.AddSingleton(static provider => provider.GetRequiredService<IOptions<AppealLinkOptions>>().Value);
        services.AddSingleton<AppealLinks>();
        services.AddSingleton<LinkQueries>();
        services.AddSingleton<LinkRebuild>();
        services.AddSingleton<LinkDesk>();
        bool isOn = settings.GetSection(AppealLinkOptions.Section).Get<AppealLinkOptions>()?.Enabled ?? false;
        if (isOn && arguments.Roles.HasFlag(Roles.Dispatch)) services.AddSingleton<IProjection, LinkProjection>();
        return services;
    }

    public static void MapLinks(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Path, ListAsync)
            .WithTags("Operations")
            .WithSummary("Lists appeals that tell again what another told, the newest first, each with its reason; ?measurement, district, before, limit.")
            .WithDescription("列出重复诉求（最新在前）及其判定依据。")
            .Produces<LinkList>()
            .AsksOperations()
            .Needs(KeyScopes.Read, AccessRules.Everybody);
        endpoints.MapGet(Path + "/{id}", async (string id, LinkQueries queries, CancellationToken cancellationToken) =>
            Guid.TryParse(id, out Guid key) && await queries.FindMatterAsync(key, cancellationToken) is { Count: > 0 } matter
                ? Results.Json(new MatterView([.. matter.Select(AppealView.Of)]), LinkJson.Default.MatterView)
                : Results.Problem("No appeal has this id; it may be past its time. 没有这条诉求。", statusCode: StatusCodes.Status404NotFound))
            .WithTags("Operations")
            .WithSummary("The appeals of one matter, by the id of any of them.")
            .WithDescription("查看同一事项的全部诉求。")
            .Produces<MatterView>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .AsksOperations()
            .Needs(KeyScopes.Read, AccessRules.Everybody);
        endpoints.MapPost(Path + "/{id}/undo", async (string id, UndoRequest request, HttpContext context, LinkDesk desk, CancellationToken cancellationToken) =>
            Answer(await desk.UndoAsync(Guid.TryParse(id, out Guid key) ? key : Guid.Empty, request.Reason, By(context), cancellationToken)))
            .WithTags("Operations")
            .WithSummary("Says that an appeal is not the matter that it is linked to, and why; it is kept, and the link is not made again.")
            .WithDescription("撤销关联并说明理由；该判断将被保留，系统不会再次关联。")
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .AsksOperations()
            .Needs(ByPeople);
        endpoints.MapPost(Path + "/join", async (JoinRequest request, HttpContext context, LinkDesk desk, CancellationToken cancellationToken) =>
            Answer(await desk.JoinAsync(request.First, request.Second, request.Reason, By(context), cancellationToken)))
            .WithTags("Operations")
            .WithSummary("Says that two appeals are the same matter, and why.")
            .WithDescription("人工合并两条诉求并说明理由。")
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .AsksOperations()
            .Needs(ByPeople);
        endpoints.MapPost(RebuildPath, async (LinkRebuild rebuild, IServiceProvider provider, CancellationToken cancellationToken) =>
            provider.GetService<IStore>() is { } store
                ? Results.Json(await rebuild.RunAsync(store, cancellationToken), LinkJson.Default.LinkRebuildResult)
                : Results.Problem("This process has no store: ask one with the role dispatch. 本进程没有存储。", statusCode: StatusCodes.Status409Conflict))
            .WithTags("Operations")
            .WithSummary("Builds the links anew from the store; what operators said stays.")
            .WithDescription("根据存储重建关联，保留人工判断。")
            .Produces<LinkRebuildResult>()
            .AsksOperations()
            .NeedsOnRecord(KeyScopes.Rebuild, UserRoles.Engineer, UserRoles.Administrator);
    }

    private static async Task<IResult> ListAsync(string? measurement, string? district, DateTimeOffset? before, int? limit, LinkQueries queries, AppealLinkOptions options, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > MaxListed) return Results.Problem($"limit is {limit}; allowed: 1 to {MaxListed}.", statusCode: StatusCodes.Status400BadRequest);
        IReadOnlyList<DuplicateLink> links = await queries.ListAsync(new LinkFilter(measurement, district, before, limit ?? ListLimit), cancellationToken);
        return Results.Json(new LinkList([.. links.Select(l => LinkView.Of(l, options))]), LinkJson.Default.LinkList);
    }

    private static IResult Answer(string? fault) => fault is null ? Results.NoContent() : Results.Problem(fault, statusCode: StatusCodes.Status422UnprocessableEntity);

    private static string By(HttpContext context) => context.User.Identity?.Name ?? "api";
}
