using CityPerception.Access;
using CityPerception.Storage.Operations.Access;

namespace CityPerception.Channels;

/// <summary>Registration of the API of channel views.</summary>
internal static class ChannelServices
{
    private const string Tag = "Channels";

    public static IServiceCollection AddChannels(this IServiceCollection services)
    {
        services.AddSingleton<CurrentViews>();
        services.AddSingleton<ViewExplainer>();
        return services.AddSingleton<ChannelEndpoints>();
    }

    public static void MapChannels(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(ChannelEndpoints.Path, static (ChannelEndpoints channels) => channels.List())
            .WithTags(Tag).WithSummary("Lists the channels.").WithDescription("列出八个通道。").Produces<IReadOnlyList<ChannelSummary>>()
            .Needs(KeyScopes.Read, AccessRules.Everybody);
        endpoints.MapGet(ChannelEndpoints.Path + "/{slug}", static (string slug, HttpRequest request, ChannelEndpoints channels) => channels.GetAsync(slug, request))
            .WithTags(Tag).WithSummary("A channel with the present values of its KPIs, of the city or of ?district.").WithDescription("某通道各指标的当前值，可按区县查询。")
            .Produces<ChannelAnswer>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .Needs(KeyScopes.Read, AccessRules.Everybody);
        endpoints.MapGet(ChannelEndpoints.Path + "/{slug}/kpis/{id}/series", static (string slug, string id, HttpRequest request, ChannelEndpoints channels, CancellationToken cancellationToken) =>
                channels.SeriesAsync(slug, id, request, cancellationToken))
            .WithTags(Tag).WithSummary("A KPI over time; ?district, window, from, to, and asOf for what was shown then. Accept text/csv for a table.").WithDescription("某指标的时间序列；asOf 返回当时展示的数值。")
            .Produces<SeriesAnswer>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .Needs(KeyScopes.Read, AccessRules.Everybody);
        endpoints.MapGet(ChannelEndpoints.Path + "/{slug}/kpis/{id}/explain", static (string slug, string id, HttpRequest request, ChannelEndpoints channels, CancellationToken cancellationToken) =>
                channels.ExplainAsync(slug, id, request, cancellationToken))
            .WithTags(Tag).WithSummary("Why a value is what it is: definition, formula with the numbers put in, inputs, revisions; ?district, window, at.").WithDescription("解释某个数值：定义、代入数字的公式、输入与修订。")
            .Produces<ExplainAnswer>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .Needs(KeyScopes.Read, AccessRules.Everybody);
    }
}
