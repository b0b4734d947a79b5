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
        services.AddSingleton<CurrentAnswers>();
        services.AddSingleton<ViewExplainer>();
        services.AddSingleton<SeriesEndpoint>();
        return services.AddSingleton<ChannelEndpoints>();
    }

    public static void MapChannels(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(ChannelEndpoints.Path, static (ChannelEndpoints channels) => channels.List())
            .WithTags(Tag).WithSummary("Lists the channels.").WithDescription("列出八个通道。").Produces<IReadOnlyList<ChannelSummary>>()
            .Shows(ChannelExamples.List)
            .Needs(KeyScopes.Read, AccessRules.Everybody);
        endpoints.MapGet(ChannelEndpoints.Path + "/{slug}", static (string slug, HttpContext context, ChannelEndpoints channels) => channels.GetAsync(slug, context))
            .WithTags(Tag).WithSummary("A channel with the present values of its KPIs, of the city or of a district. With an ETag: 304 while nothing has changed.")
            .WithDescription("某通道各指标的当前值，可按区县查询，可与上一周期比较；支持 ETag。")
            .Produces<ChannelAnswer>().Produces(StatusCodes.Status304NotModified).ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .Shows(ChannelExamples.Channel, ChannelParameters.Slug, ChannelParameters.District, ChannelParameters.Compare)
            .Needs(KeyScopes.Read, AccessRules.Everybody);
        endpoints.MapGet(ChannelEndpoints.Path + "/{slug}/kpis/{id}/series", static (string slug, string id, HttpContext context, ChannelEndpoints channels, CancellationToken cancellationToken) =>
                channels.SeriesAsync(slug, id, context, cancellationToken))
            .WithTags(Tag).WithSummary("A KPI over time, in pages; a page that is not the last names the next in the header Link and as next. Accept text/csv for a table, or application/vnd.openxmlformats-officedocument.spreadsheetml.sheet for a workbook.")
            .WithDescription("某指标的时间序列，分页返回；asOf 返回当时展示的数值，compare=previous 与上一个等长时段比较。")
            .Produces<SeriesAnswer>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .Shows(ChannelExamples.Series, [ChannelParameters.Slug, ChannelParameters.Kpi, ChannelParameters.District, ChannelParameters.Window, .. ChannelParameters.OfSeries, ChannelParameters.Compare])
            .Needs(KeyScopes.Read, AccessRules.Everybody);
        endpoints.MapGet(ChannelEndpoints.Path + "/{slug}/kpis/{id}/explain", static (string slug, string id, HttpRequest request, ChannelEndpoints channels, CancellationToken cancellationToken) =>
                channels.ExplainAsync(slug, id, request, cancellationToken))
            .WithTags(Tag).WithSummary("Why a value is what it is: definition, formula with the numbers put in, inputs with the query for their points, levels, revisions.")
            .WithDescription("解释某个数值：定义、代入数字的公式、输入及其原始数据查询语句、分级界限与修订。")
            .Produces<ExplainAnswer>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .Shows(ChannelExamples.Explain, [ChannelParameters.Slug, ChannelParameters.Kpi, ChannelParameters.District, ChannelParameters.Window, .. ChannelParameters.OfExplain])
            .Needs(KeyScopes.Read, AccessRules.Everybody);
    }
}
