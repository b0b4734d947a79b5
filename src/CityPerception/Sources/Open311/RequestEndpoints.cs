using CityPerception.Configuration;
using CityPerception.Core.Queries;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Open311;

/// <summary>What is asked of the interface: services, requests, tokens, and where all of it is.</summary>
internal sealed class RequestEndpoints(CurrentPlan current, RequestReader requests, IOptions<Open311Options> options, TimeProvider clock)
{
    // The texts of this interface's own last change, which the discovery document dates.
    private const string Changeset = "2026-11-28T00:00:00+08:00", Specification = "http://wiki.open311.org/GeoReport_v2";

    public IResult Services(HttpContext context)
    {
        Open311Call call = Begin(context, out IResult? refused);
        return refused ?? call.Answer("services", [.. call.Services.Select(s => Describe(s, call))], Open311Json.Default.IReadOnlyListServiceAnswer);
    }

    public IResult Definition(string code, HttpContext context)
    {
        Open311Call call = Begin(context, out IResult? refused);
        if (refused is not null) return refused;
        return call.FindService(Open311Call.WithoutEnd(code)) is { } service
            ? call.Answer("service_definition", new DefinitionAnswer(service.Code, [.. service.Attributes.Select(a => Describe(a, call))]), Open311Json.Default.DefinitionAnswer)
            : call.Error(StatusCodes.Status404NotFound, "service_code was not found. 没有该 service_code。");
    }

    public async Task<IResult> ListAsync(HttpContext context, CancellationToken cancellationToken)
    {
        Open311Call call = Begin(context, out IResult? refused);
        if (refused is not null) return refused;
        return RequestQuery.Read(context.Request.Query, call.Plan, clock.GetUtcNow(), out string? fault) is { } query
            ? await AnswerAsync(call, query, mustExist: false, cancellationToken)
            : call.Error(StatusCodes.Status400BadRequest, fault!);
    }

    public Task<IResult> GetAsync(string id, HttpContext context, CancellationToken cancellationToken)
    {
        Open311Call call = Begin(context, out IResult? refused);
        if (refused is not null) return Task.FromResult(refused);
        DateTimeOffset now = clock.GetUtcNow();
        var query = new RequestQuery { Ids = [Open311Call.WithoutEnd(id)], From = now - call.Plan.City.Retention.Raw, To = now.AddDays(1), Take = 1 };
        return AnswerAsync(call, query, mustExist: true, cancellationToken);
    }

    /// <summary>A request has its id at once, so an id is its own token.</summary>
    public IResult Token(string token, HttpContext context)
    {
        Open311Call call = Begin(context, out IResult? refused);
        if (refused is not null) return refused;
        return Guid.TryParse(Open311Call.WithoutEnd(token), out Guid id)
            ? call.Answer("service_requests", [new TokenAnswer(id.ToString(), id.ToString())], Open311Json.Default.IReadOnlyListTokenAnswer)
            : call.Error(StatusCodes.Status404NotFound, "token was not found. 没有该 token。");
    }

    public IResult Discovery(HttpContext context)
    {
        var call = new Open311Call(context, current.Plan);
        HttpRequest request = context.Request;
        string url = $"{request.Scheme}://{request.Host}{Open311Services.Path}";
        string keys = call.IsChinese ? "向平台管理员申请" : "Ask whoever runs this server for a key.";
        return call.Answer(
            "discovery",
            new DiscoveryAnswer(Changeset, options.Value.Contact, keys, [new EndpointAnswer(Specification, url, Changeset, "production", ["application/json", "text/xml"])]),
            Open311Json.Default.DiscoveryAnswer);
    }

    public IResult NotFound(HttpContext context) =>
        new Open311Call(context, current.Plan).Error(StatusCodes.Status404NotFound, "There is nothing here; discovery says what is. 没有该地址，请查询 discovery。");

    private Open311Call Begin(HttpContext context, out IResult? refused)
    {
        var call = new Open311Call(context, current.Plan);
        refused = call.CheckJurisdiction(context.Request.Query["jurisdiction_id"]);
        return call;
    }

    private async Task<IResult> AnswerAsync(Open311Call call, RequestQuery query, bool mustExist, CancellationToken cancellationToken)
    {
        if (!requests.IsAvailable) return call.Busy("This process has no store to read from. 本进程没有存储，无法查询。");
        try
        {
            IReadOnlyList<CaseHistory> found = await requests.ReadAsync(query, cancellationToken);
            return found.Count == 0 && mustExist
                ? call.Error(StatusCodes.Status404NotFound, "service_request_id was not found. 没有该 service_request_id。")
                : call.Answer("service_requests", [.. found.Select(h => CaseStatus.Answer(h, call))], Open311Json.Default.IReadOnlyListRequestAnswer);
        }
        catch (StoreUnavailableException)
        {
            return call.Busy("The store does not answer. 存储无响应，请稍后重试。");
        }
    }

    private static ServiceAnswer Describe(ServiceType s, Open311Call call) => new(
        s.Code, call.Say(s.Names), call.Say(s.Description), s.Attributes.Count > 0, "realtime", s.Keywords, call.Say(s.Group));

    private static AttributeAnswer Describe(ServiceAttribute a, Open311Call call) => new(
        true, a.Code, a.Datatype, a.Required, call.Say(a.Hint), a.Order, call.Say(a.Description),
        a.IsList ? [.. a.Values.Select(v => new ValueAnswer(v.Zh, call.Say(v)))] : null);
}
