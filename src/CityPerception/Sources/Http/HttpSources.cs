using CityPerception.Access;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Mapping;
using CityPerception.Storage.Operations.Access;
using Microsoft.Extensions.ObjectPool;

namespace CityPerception.Sources.Http;

/// <summary>Registration of what is posted.</summary>
internal static class HttpSources
{
    /// <summary>Before the source's name.</summary>
    public const string IngestPath = "/ingest/";

    public static IServiceCollection AddHttpSources(this IServiceCollection services)
    {
        services.AddRequestDecompression();
        services.AddSingleton<ObjectPool<MappingRun>>(new DefaultObjectPool<MappingRun>(new DefaultPooledObjectPolicy<MappingRun>()));
        services.AddSingleton<ObjectPool<LineBuffer>>(new DefaultObjectPool<LineBuffer>(new BufferPolicy()));
        services.AddSingleton<HttpIntake>();
        services.AddSingleton<IngestEndpoint>();
        services.AddSingleton<LineProtocolEndpoint>();
        return services;
    }

    public static void MapHttpSources(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost(IngestPath + "{source}", (string source, IngestEndpoint endpoint, HttpContext context, CancellationToken cancellationToken) => endpoint.PostAsync(source, context, cancellationToken))
            .Needs(KeyScopes.Ingest)
            .WithTags("Ingest")
            .WithSummary("Takes a message of a source: an object, an array, or lines of objects; gzip if you like.")
            .WithDescription("接收某数据源的消息：对象、数组或逐行对象，可用 gzip 压缩。")
            .Produces<IngestAnswer>(StatusCodes.Status202Accepted)
            .Produces<IngestProblem>(StatusCodes.Status422UnprocessableEntity, "application/problem+json");

        MapWrite(endpoints, "/write", InfluxAnswer.V1);
        MapWrite(endpoints, "/api/v2/write", InfluxAnswer.V2);
        // Agents ask so whether a server of 1.x is there.
        endpoints.MapMethods("/ping", ["GET", "HEAD"], static () => Results.NoContent()).OpenToAll().ExcludeFromDescription();
    }

    private static void MapWrite(IEndpointRouteBuilder endpoints, string path, InfluxAnswer api) =>
        endpoints.MapPost(path, (LineProtocolEndpoint endpoint, HttpContext context, CancellationToken cancellationToken) => endpoint.PostAsync(api, context, cancellationToken))
            .Needs(KeyScopes.Write)
            .WithMetadata(InfluxCredentials.Taken)
            .WithTags("Ingest")
            .WithSummary("Takes InfluxDB line protocol; ?precision=ns, us, ms or s; gzip if you like.")
            .WithDescription("接收 InfluxDB 行协议，可用 gzip 压缩。");

    /// <summary>A buffer that one huge body has made large is not kept.</summary>
    private sealed class BufferPolicy : PooledObjectPolicy<LineBuffer>
    {
        private const int MaxKeptBytes = 4 << 20;

        public override LineBuffer Create() => new();

        public override bool Return(LineBuffer buffer)
        {
            bool keep = buffer.Length <= MaxKeptBytes;
            buffer.Clear();
            return keep;
        }
    }
}
