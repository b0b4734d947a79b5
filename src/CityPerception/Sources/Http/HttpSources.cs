using CityPerception.Core.Mapping;
using Microsoft.Extensions.ObjectPool;

namespace CityPerception.Sources.Http;

/// <summary>Registration of what is posted.</summary>
internal static class HttpSources
{
    public static IServiceCollection AddHttpSources(this IServiceCollection services)
    {
        services.AddRequestDecompression();
        services.AddSingleton<ObjectPool<MappingRun>>(new DefaultObjectPool<MappingRun>(new DefaultPooledObjectPolicy<MappingRun>()));
        services.AddSingleton<IngestEndpoint>();
        return services;
    }

    public static void MapHttpSources(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/ingest/{source}", (string source, IngestEndpoint endpoint, HttpContext context, CancellationToken cancellationToken) => endpoint.PostAsync(source, context, cancellationToken))
            .WithTags("Ingest")
            .WithSummary("Takes a message of a source: an object, an array, or lines of objects; gzip if you like.")
            .WithDescription("接收某数据源的消息：对象、数组或逐行对象，可用 gzip 压缩。")
            .Produces<IngestAnswer>(StatusCodes.Status202Accepted)
            .Produces<IngestProblem>(StatusCodes.Status422UnprocessableEntity, "application/problem+json");
    }
}
