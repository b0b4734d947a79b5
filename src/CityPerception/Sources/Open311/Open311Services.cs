using CityPerception.Access;
using CityPerception.Storage.Operations.Access;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Open311;

/// <summary>Registration of Open311 GeoReport v2: reports of residents, and what became of them.</summary>
internal static class Open311Services
{
    public const string Path = "/open311/v2";

    private static readonly string[] Ends = ["", ".json", ".xml"], Reporters = [UserRoles.Operator, UserRoles.GridStaff, UserRoles.Administrator];

    public static IServiceCollection AddOpen311(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<Open311Options>, Open311OptionsValidator>();
        services.AddSingleton<IValidateOptions<Open311Options>, Open311KeysRule>();
        services.AddOptions<Open311Options>().BindConfiguration(Open311Options.Section).ValidateOnStart();
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<RecentReports>();
        services.AddSingleton<RequestReader>();
        services.AddSingleton<ReportEndpoint>();
        services.AddSingleton<RequestEndpoints>();
        return services;
    }

    public static void MapOpen311(this IEndpointRouteBuilder endpoints)
    {
        foreach (string end in Ends)
        {
            Describe(endpoints.MapGet($"{Path}/services{end}", (RequestEndpoints answers, HttpContext context) => answers.Services(context)), end,
                "The kinds of report that residents can make (Open311 GeoReport v2).", "市民可上报的事项分类。");
            Describe(endpoints.MapGet($"{Path}/requests{end}", (RequestEndpoints answers, HttpContext context, CancellationToken cancellationToken) => answers.ListAsync(context, cancellationToken)), end,
                "Reports and how far they are; service_request_id, service_code, start_date, end_date, status, page, page_size.", "上报事项及办理进度。");
            Describe(endpoints.MapPost($"{Path}/requests{end}", (ReportEndpoint reports, HttpContext context, CancellationToken cancellationToken) => reports.PostAsync(context, cancellationToken)), end,
                "Takes a report, form-encoded; a repeat gives the same id and changes nothing.", "接收市民上报，重复提交返回同一编号。", Reporters);
            Describe(endpoints.MapGet($"/open311/discovery{end}", (RequestEndpoints answers, HttpContext context) => answers.Discovery(context)), end,
                "Where the Open311 endpoints are.", "Open311 发现文档。");
        }

        Describe(endpoints.MapGet(Path + "/services/{code}", (string code, RequestEndpoints answers, HttpContext context) => answers.Definition(code, context)), "",
            "What else a kind of report asks.", "事项的附加项。");
        Describe(endpoints.MapGet(Path + "/requests/{id}", (string id, RequestEndpoints answers, HttpContext context, CancellationToken cancellationToken) => answers.GetAsync(id, context, cancellationToken)), "",
            "One report and how far it is.", "单个上报事项及办理进度。");
        Describe(endpoints.MapGet(Path + "/tokens/{token}", (string token, RequestEndpoints answers, HttpContext context) => answers.Token(token, context)), "",
            "The id that a token stands for.", "由 token 查询事项编号。");
        endpoints.Map("/open311/{**rest}", (RequestEndpoints answers, HttpContext context) => answers.NotFound(context)).Needs(KeyScopes.Open311, AccessRules.Everybody).ExcludeFromDescription();
    }

    private static void Describe(RouteHandlerBuilder endpoint, string end, string summary, string chinese, string[]? roles = null)
    {
        endpoint.Needs(KeyScopes.Open311, roles ?? AccessRules.Everybody).WithTags("Open311").WithSummary(summary).WithDescription(chinese);
        if (end.Length > 0) endpoint.ExcludeFromDescription(); // the same in another form
    }
}
