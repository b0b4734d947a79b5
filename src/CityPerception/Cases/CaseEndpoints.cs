using System.Globalization;
using System.IO.Hashing;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CityPerception.Storage.Cases;
using Microsoft.Net.Http.Headers;

namespace CityPerception.Cases;

/// <summary><c>GET /api/cases</c> and <c>GET /api/cases/{source}/{id}</c>.</summary>
internal sealed class CaseEndpoints(CaseSettings settings, TimeProvider clock, IServiceProvider provider)
{
    public const string Path = "/api/cases", RebuildPath = Path + "/rebuild";

    private CaseQuery Cases => provider.GetRequiredService<CaseQuery>();

    public async Task<IResult> ListAsync(HttpContext context, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (CaseListQuery.Read(context.Request.Query.ToDictionary(q => q.Key, q => (string?)q.Value), now, out CaseFilter filter) is { } fault)
            return Results.Problem(fault, statusCode: StatusCodes.Status400BadRequest);
        CaseList page = CaseListQuery.Page(await Cases.ListAsync(filter with { Limit = filter.Limit + 1 }, cancellationToken), filter.Limit, now);
        return Answer(context, page, CaseViewJson.Plain.CaseList);
    }

    public async Task<IResult> GetAsync(string source, string id, HttpContext context, CancellationToken cancellationToken) =>
        await Cases.FindAsync(source, id, cancellationToken) is [{ } found]
            ? Answer(context, CaseDetails.Of(found, settings.Terms, clock.GetUtcNow()), CaseViewJson.Plain.CaseDetails)
            : Results.Problem("There is no such case. 没有这个案件。", statusCode: StatusCodes.Status404NotFound);

    // Whoever asks again and again is told in few bytes that nothing has changed.
    private static IResult Answer<T>(HttpContext context, T value, JsonTypeInfo<T> type)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(value, type);
        string tag = string.Create(CultureInfo.InvariantCulture, $"\"{XxHash3.HashToUInt64(json):x16}\"");
        context.Response.Headers.ETag = tag;
        context.Response.Headers.CacheControl = "no-cache";
        bool isKnown = context.Request.GetTypedHeaders().IfNoneMatch.Any(t => t.Compare(EntityTagHeaderValue.Parse(tag), useStrongComparison: false));
        return isKnown ? Results.StatusCode(StatusCodes.Status304NotModified) : Results.Bytes(json, "application/json; charset=utf-8");
    }
}
