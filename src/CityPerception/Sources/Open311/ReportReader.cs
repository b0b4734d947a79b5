using System.Globalization;
using CityPerception.Core.Cities;

namespace CityPerception.Sources.Open311;

/// <summary>Makes a report of a form, or finds everything that is wrong with it.</summary>
internal sealed class ReportReader(ReportForm form, Open311Call call)
{
    // By GeoReport v2 a description has at most 4,000 characters; the rest is ours.
    private const int MaxDescription = 4_000, MaxAddress = 300, MaxUrl = 2_000, MaxReporterField = 200, MaxAttribute = 1_000;

    private static readonly string[] ReporterFields = ["email", "phone", "first_name", "last_name", "device_id", "account_id"];

    private readonly List<Open311Error> _errors = [];

    public IReadOnlyList<Open311Error> Errors => _errors;

    public Report? Read()
    {
        ServiceType? service = ReadService();
        (double? lat, double? lon) = ReadPosition();
        string? address = Bounded("address_string", MaxAddress), addressId = Bounded("address_id", 100);
        if (form.Text("lat") is null && form.Text("long") is null && address is null && addressId is null)
            Fault("lat and long, address_string or address_id was not provided. 请提供经纬度（lat、long）、address_string 或 address_id。");

        var report = new Report
        {
            Service = service!,
            Latitude = lat,
            Longitude = lon,
            Address = address,
            AddressId = addressId,
            Description = Bounded("description", MaxDescription),
            MediaUrl = ReadMediaUrl(),
            District = address is null ? null : call.Plan.City.Districts.FirstOrDefault(d => d.Former.Values.Append(d.Names.Zh).Any(n => address.Contains(n, StringComparison.Ordinal))),
            Attributes = service is null ? form.Attributes : ReadAttributes(service),
            Reporter = ReporterFields.Select(f => (Name: f, Value: Bounded(f, MaxReporterField))).Where(f => f.Value is not null).ToDictionary(f => f.Name, f => f.Value!),
        };
        return _errors.Count == 0 ? report : null;
    }

    private ServiceType? ReadService()
    {
        string? code = form.Text("service_code");
        if (code is null)
        {
            Fault("service_code was not provided. 未提供 service_code。");
            return null;
        }

        ServiceType? service = call.FindService(code);
        if (service is null) Fault("service_code was not found; GET services lists them. 没有该 service_code，请查询 services。", StatusCodes.Status404NotFound);
        return service;
    }

    private (double? Lat, double? Lon) ReadPosition()
    {
        string? lat = form.Text("lat"), lon = form.Text("long");
        if (lat is null && lon is null) return default;
        if (lat is null || lon is null)
        {
            Fault($"{(lat is null ? "lat" : "long")} was not provided: lat and long go together. lat 与 long 须同时提供。");
            return default;
        }

        if (!TryDegrees(lat, out double latitude) || !TryDegrees(lon, out double longitude))
        {
            Fault("lat and long are decimal degrees of WGS-84. lat、long 应为 WGS-84 十进制度。");
            return default;
        }

        GeoBounds bounds = call.Plan.City.Bounds;
        if (bounds.Contains(latitude, longitude)) return (latitude, longitude);
        string hint = bounds.Contains(longitude, latitude) ? "; they are swapped" : "";
        Fault($"lat and long are not within the city{hint}. 位置不在本市范围内。");
        return default;
    }

    private static bool TryDegrees(string text, out double degrees) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out degrees) && double.IsFinite(degrees);

    private string? ReadMediaUrl()
    {
        string? text = Bounded("media_url", MaxUrl);
        if (text is null) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)) return text;
        Fault("media_url is not an http or https address. media_url 应为 http 或 https 地址。");
        return null;
    }

    private Dictionary<string, string[]> ReadAttributes(ServiceType service)
    {
        IReadOnlyDictionary<string, string[]> given = form.Attributes;
        foreach (string unknown in given.Keys.Where(k => service.Attributes.All(a => a.Code != k)))
            Fault($"attribute[{Short(unknown)}] is none of the service's; GET services/{service.Code} lists them. 该服务没有此附加项。");

        var read = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (ServiceAttribute attribute in service.Attributes)
        {
            string[] values = given.GetValueOrDefault(attribute.Code) ?? [];
            if (values.Length > 0) read.Add(attribute.Code, values);
            else if (attribute.Required) Fault($"attribute[{attribute.Code}] was not provided. 未提供附加项 {attribute.Code}。");

            if (values.Length > 1 && attribute.Datatype != "multivaluelist") Fault($"attribute[{attribute.Code}] takes one value. 附加项 {attribute.Code} 只能有一个值。");
            if (values.Any(v => v.Length > MaxAttribute)) Fault($"attribute[{attribute.Code}] has more than {MaxAttribute} characters. 附加项 {attribute.Code} 过长。");
            if (attribute.IsList && values.Any(v => attribute.Values.All(a => a.Zh != v)))
                Fault($"attribute[{attribute.Code}] is not one of {string.Join(", ", attribute.Values.Select(v => v.Zh))}. 附加项 {attribute.Code} 取值有误。");
        }

        return read;
    }

    private string? Bounded(string name, int max)
    {
        string? text = form.Text(name);
        if (text is null || text.Length <= max) return text;
        Fault(string.Create(CultureInfo.InvariantCulture, $"{name} has {text.Length} characters; allowed: at most {max}. {name} 过长。"));
        return null;
    }

    private void Fault(string description, int code = StatusCodes.Status400BadRequest) => _errors.Add(new Open311Error(code, description));

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
