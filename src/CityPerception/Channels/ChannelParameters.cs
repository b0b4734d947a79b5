using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace CityPerception.Channels;

/// <summary>A parameter as the description of the API has it.</summary>
/// <param name="Name">As in the route or the query.</param>
/// <param name="Example">A value that is allowed.</param>
/// <param name="Says">What it is.</param>
/// <param name="Allowed">The only values; null for any.</param>
internal sealed record DescribedParameter(string Name, string Example, string Says, string[]? Allowed = null);

/// <summary>What the routes of channels take, and how a route shows it together with an example of its answer.</summary>
internal static class ChannelParameters
{
    private const string Morning = "2026-11-28T09:00:00+08:00", Noon = "2026-11-28T12:00:00+08:00", GroupExample = "urban_management";

    public static readonly DescribedParameter
        Slug = new("slug", "coordination", "The channel."),
        Kpi = new("id", "overdue_rate", "The KPI, as the channel lists it."),
        District = new("district", "140403", "A district by code or name; the whole city without it."),
        Window = new("window", "1h", "One that the KPI has; its finest without it.", ["1m", "1h", "1d"]),
        Compare = new("compare", "previous", "With the period of equal length before: value, difference, percent.", ["previous"]);

    public static readonly DescribedParameter[] OfSeries =
    [
        new("group", GroupExample, "Of a KPI that is given by a tag: this value alone; empty for all together; each of them without it."),
        new("from", Morning, "The first start; 3 hours, 7 days or 90 days before the end without it, by the window."),
        new("to", Noon, "Starts before this; now without it."),
        new("asOf", Noon, "What was shown then."),
        new("limit", "500", "At most so many points a page: 1 to 20000, 5000 without it."),
        new("after", "1795827600,", "What the page before gave as next."),
    ];

    public static readonly DescribedParameter[] OfExplain =
        [new("at", Morning, "A time within the window; the last that has ended without it."), new("group", GroupExample, "Of a KPI that is given by a tag: its value; all together without it.")];

    /// <summary>Describes the parameters, and shows what is answered.</summary>
    public static RouteHandlerBuilder Shows<T>(this RouteHandlerBuilder route, T example, params DescribedParameter[] parameters) => route.AddOpenApiOperationTransformer((operation, _, _) =>
    {
        IList<IOpenApiParameter> all = operation.Parameters ??= [];
        foreach (DescribedParameter parameter in parameters)
        {
            if (all.FirstOrDefault(p => p.Name == parameter.Name) is not OpenApiParameter known) all.Add(known = new OpenApiParameter { Name = parameter.Name, In = ParameterLocation.Query });
            known.Description = parameter.Says;
            known.Example = JsonValue.Create(parameter.Example);
            known.Schema ??= new OpenApiSchema { Type = JsonSchemaType.String, Enum = parameter.Allowed?.Select(static JsonNode (v) => JsonValue.Create(v)).ToList() };
        }

        if (operation.Responses?["200"].Content is { } content) content["application/json"].Example = JsonSerializer.SerializeToNode(example, ChannelJson.Readable);
        return Task.CompletedTask;
    });
}
