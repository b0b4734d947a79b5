using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using CityPerception.Core.Configuration;
using CityPerception.Core.Mapping;
using Microsoft.Net.Http.Headers;

namespace CityPerception.Sources.Open311;

/// <summary>One request to the interface: in which form and language its answer is, and the plan it is answered by.</summary>
internal sealed class Open311Call
{
    private const string JsonEnd = ".json", XmlEnd = ".xml";

    private readonly HttpContext _context;
    private readonly bool _isXml;

    public Open311Call(HttpContext context, IngestPlan plan)
    {
        _context = context;
        Plan = plan;
        string path = context.Request.Path.Value ?? "";
        _isXml = path.EndsWith(XmlEnd, StringComparison.OrdinalIgnoreCase) || (!path.EndsWith(JsonEnd, StringComparison.OrdinalIgnoreCase) && PrefersXml(context.Request));
        IsChinese = PrefersChinese(context.Request, plan);
    }

    public IngestPlan Plan { get; }

    public bool IsChinese { get; }

    /// <summary>The kinds of report there are.</summary>
    public IReadOnlyList<ServiceType> Services => field ??= ServiceCatalog.Of(Plan);

    public ServiceType? FindService(string code) => Services.FirstOrDefault(s => s.Code == code);

    /// <summary>A path's last part without <c>.json</c> or <c>.xml</c>.</summary>
    public static string WithoutEnd(string name)
    {
        string? end = new[] { JsonEnd, XmlEnd }.FirstOrDefault(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase));
        return end is null ? name : name[..^end.Length];
    }

    /// <summary>A name in the language that was asked for, else in the city's first.</summary>
    public string Say(Names names) => IsChinese ? names.Zh : names.En;

    /// <summary>A time with the city's offset.</summary>
    public string Say(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, Plan.City.Zone).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    /// <summary>Null, or an error where the request names another city than this.</summary>
    public IResult? CheckJurisdiction(string? id)
    {
        if (string.IsNullOrEmpty(id)) return null;
        string[] own = [Plan.City.Code, Plan.City.Names.En, Plan.City.Names.Zh];
        return own.Contains(id, StringComparer.OrdinalIgnoreCase)
            ? null
            : Error(StatusCodes.Status404NotFound, $"jurisdiction_id was not found; allowed: {string.Join(", ", own)}, or none. 未找到该 jurisdiction_id。");
    }

    public IResult Answer<T>(string root, T answer, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        JsonNode node = JsonSerializer.SerializeToNode(answer, type)!;
        _context.Response.Headers.Vary = "Accept, Accept-Language";
        _context.Response.StatusCode = status;
        return _isXml ? Results.Bytes(Open311Xml.Write(root, node), "text/xml; charset=utf-8") : Results.Bytes(Open311Json.Write(node), "application/json; charset=utf-8");
    }

    public IResult Error(int code, string description) => Errors([new Open311Error(code, description)]);

    /// <summary>All that is wrong; the first says the status.</summary>
    public IResult Errors(IReadOnlyList<Open311Error> errors) => Answer("errors", errors, Open311Json.Default.IReadOnlyListOpen311Error, errors[0].Code);

    /// <summary>Nothing was taken or found out: ask again later.</summary>
    public IResult Busy(string description)
    {
        _context.Response.Headers.RetryAfter = "5";
        return Error(StatusCodes.Status503ServiceUnavailable, description);
    }

    private static bool PrefersXml(HttpRequest request)
    {
        double Quality(Func<string, bool> isIt) => request.GetTypedHeaders().Accept.Where(a => isIt(a.MediaType.Value ?? "")).Select(a => a.Quality ?? 1).DefaultIfEmpty(0).Max();
        return Quality(t => t is "text/xml" or "application/xml") > Quality(t => t is "application/json" or "*/*" or "application/*");
    }

    private static bool PrefersChinese(HttpRequest request, IngestPlan plan)
    {
        StringWithQualityHeaderValue? first = request.GetTypedHeaders().AcceptLanguage
            .OrderByDescending(l => l.Quality ?? 1).FirstOrDefault(l => IsIn(l, "zh") || IsIn(l, "en"));
        return first is null ? plan.City.Languages is not ["en", ..] : IsIn(first, "zh");

        static bool IsIn(StringWithQualityHeaderValue language, string wanted) => language.Value.StartsWith(wanted, StringComparison.OrdinalIgnoreCase);
    }
}
