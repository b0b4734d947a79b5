using CityPerception.Access;
using CityPerception.Hosting;
using CityPerception.Storage.Cases;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Operations.Access;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CityPerception.FieldReports;

/// <summary>Registration of what grid staff report by their phones.</summary>
internal static class FieldReportServices
{
    private static readonly string[] Reporters = [UserRoles.Operator, UserRoles.GridStaff, UserRoles.Administrator];

    public static IServiceCollection AddFieldReports(this IServiceCollection services, Roles roles)
    {
        services.AddPhotos();
        if (roles.HasFlag(Roles.Ingest)) services.AddHostedService<PhotoSweep>();
        services.AddSingleton<PhotoEndpoints>();
        services.AddSingleton<ReportRules>();
        services.AddSingleton<ReportEndpoints>();
        return services;
    }

    /// <summary>The photos of a data directory.</summary>
    public static IServiceCollection AddPhotos(this IServiceCollection services)
    {
        services.TryAddSingleton(static provider => new CaseQuery(provider.GetRequiredService<OperationalDbs>()));
        return services.AddSingleton<PhotoStore>().AddSingleton<PhotoRetention>();
    }

    public static void MapFieldReports(this IEndpointRouteBuilder endpoints)
    {
        // Of people alone: what a key may see is not whom a photo shows.
        AccessRule reports = new([], Reporters, IsAudited: false), sees = new([], AccessRules.Everybody, IsAudited: false);
        endpoints.MapGet(ReportEndpoints.Path + "/form", (ReportEndpoints answers) => answers.Form()).Needs(reports)
            .WithTags("Reports").WithSummary("Categories and districts to choose from.").WithDescription("上报表单的类别与区县。").Produces<FormView>();
        endpoints.MapPost(ReportEndpoints.Path, (ReportEndpoints answers, HttpContext context, CancellationToken cancellationToken) => answers.PostAsync(context, cancellationToken)).Needs(reports)
            .WithTags("Reports").WithSummary("Takes a report of grid staff; answers once it is durable. One that is sent again changes nothing.").WithDescription("接收网格员上报，落盘后应答；重复提交无影响。")
            .Accepts<FieldReport>("application/json").Produces<ReportReceipt>(StatusCodes.Status201Created).ProducesValidationProblem();
        endpoints.MapPut(PhotoEndpoints.Path + "/{id}", (Guid id, PhotoEndpoints answers, HttpContext context, CancellationToken cancellationToken) => answers.PutAsync(id, context, cancellationToken)).Needs(reports)
            .WithTags("Reports").WithSummary("Takes a photo (JPEG, PNG, WebP) under a random id; it is encoded anew, without EXIF.").WithDescription("上传照片，重新编码并去除 EXIF。");
        endpoints.MapGet(PhotoEndpoints.Path + "/{id}", (Guid id, PhotoEndpoints answers, HttpContext context) => answers.Get(id, context)).Needs(sees)
            .WithTags("Reports").WithSummary("A photo.").WithDescription("查看照片。");
    }
}
