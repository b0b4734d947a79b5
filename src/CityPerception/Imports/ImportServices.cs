using CityPerception.Access;
using CityPerception.Hosting;
using CityPerception.Storage.Operations.Access;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;

namespace CityPerception.Imports;

/// <summary>Registration of imports.</summary>
internal static class ImportServices
{
    public static IServiceCollection AddImports(this IServiceCollection services)
    {
        services.AddSingleton<ImportRun>();
        services.AddSingleton<ImportEndpoint>();
        return services;
    }

    public static void MapImports(this IEndpointRouteBuilder endpoints)
    {
        var limit = new UploadLimit(endpoints.ServiceProvider.GetRequiredService<IOptions<HttpOptions>>());
        endpoints.MapGet(ImportEndpoint.Path + "{source}", (string source, HttpContext context, ImportEndpoint imports) => imports.Get(source, context.Request))
            .NeedsOnRecord(KeyScopes.Import, UserRoles.Operator, UserRoles.Engineer, UserRoles.Administrator)
            .WithTags("Ingest")
            .WithSummary("What an import into a source takes: its decoder, and the columns that it reads.")
            .WithDescription("查询某数据源导入时接受的格式与列名。")
            .Produces<ImportSource>();
        endpoints.MapPost(ImportEndpoint.Path + "{source}", (string source, HttpContext context, ImportEndpoint imports, CancellationToken cancellationToken) => imports.PostAsync(source, context, cancellationToken))
            .WithMetadata(limit)
            .NeedsOnRecord(KeyScopes.Import, UserRoles.Operator, UserRoles.Engineer, UserRoles.Administrator)
            .WithTags("Ingest")
            .WithSummary("Imports a file, which is the body: CSV, XLSX, JSON, NDJSON, line protocol; ?format, encoding, sheet, precision, after, rejections=letters|answer. Answers a line an event, the result last; gzip if you like.")
            .WithDescription("导入文件（请求体即文件内容）：CSV、XLSX、JSON、NDJSON、行协议；逐行返回进度、被拒绝的行与最终结果。")
            .Produces<ImportEvent>(StatusCodes.Status200OK, ImportEndpoint.LinesType)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    // Read where a request asks for it: bad options are told of all together, at the start.
    private sealed class UploadLimit(IOptions<HttpOptions> http) : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => http.Value.MaxUploadBytes;
    }
}
