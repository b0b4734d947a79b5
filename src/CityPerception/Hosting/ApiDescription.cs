using CityPerception.Access;
using CityPerception.Storage.Operations.Access;

namespace CityPerception.Hosting;

/// <summary><c>/openapi/v1.json</c>: every endpoint for programs, written from the endpoints themselves.</summary>
internal static class ApiDescription
{
    private const string Version = "v1";

    public static IServiceCollection AddApiDescription(this IServiceCollection services) =>
        services.AddOpenApi(Version, options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "双感八通 CityPerception";
            document.Info.Version = Version;
            document.Info.Description = "Intake, live figures and screens of a city's two senses. 人感与物感数据的接入、实时数据与展示。";
            return Task.CompletedTask;
        }));

    public static void MapApiDescription(this IEndpointRouteBuilder endpoints) => endpoints.MapOpenApi("/openapi/{documentName}.json").Needs(KeyScopes.Read, AccessRules.Everybody);
}
