using System.Text.Json;
using CityPerception.Access;
using CityPerception.Configuration;
using CityPerception.Core.Cities;
using CityPerception.Storage.Operations.Access;
using Microsoft.Net.Http.Headers;

namespace CityPerception.Screens.Wall;

/// <summary><c>/api/map</c>: the districts as the city's own map has them. It is apart from the board, which is sent anew with every change.</summary>
internal static class MapEndpoint
{
    public static void MapDistrictMap(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/api/map", static (CurrentPlan current, HttpContext context) => Get(current.Plan.City.Map, context))
            .Needs(KeyScopes.Read, AccessRules.Everybody)
            .Produces<DistrictMap>().Produces(StatusCodes.Status304NotModified).ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("The districts as SVG paths, of the approved map that city.yaml names; 404 where it names none. With an ETag.")
            .WithTags("Live")
            .WithDescription("各区县轮廓（SVG 路径），取自 city.yaml 指定的已审核地图；未指定时返回 404。");

    private static IResult Get(DistrictMap? map, HttpContext context)
    {
        if (map is null) return TypedResults.Problem("This city has no map of its own (map in city.yaml); the wall draws a schematic one.", statusCode: StatusCodes.Status404NotFound);
        context.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Bytes(JsonSerializer.SerializeToUtf8Bytes(map, WallJson.Compact.DistrictMap), "application/json; charset=utf-8", entityTag: new EntityTagHeaderValue($"\"{map.Version}\""));
    }
}
