using System.Globalization;
using System.Text.Json;
using CityPerception.Core.Configuration;
using NetTopologySuite.Features;
using NetTopologySuite.Geometries;
using NetTopologySuite.IO.Converters;

namespace CityPerception.Core.Cities;

/// <summary>Reads the map that a city supplies (GeoJSON, RFC 7946), and notes everything that is wrong with it.</summary>
internal sealed class DistrictMapReader
{
    private const int MaxBytes = 4 << 20, MaxFeatures = 1000, MaxVertices = 50_000, MaxDepth = 16;

    // Maps of other datums lie up to 700 m beside WGS-84, and bounds are drawn by eye.
    private const double Beyond = 0.1;

    private const string Features = "features", FeatureWords = "a Feature with a Polygon or MultiPolygon of closed rings";

    private static readonly JsonSerializerOptions GeoJson = new() { Converters = { new GeoJsonConverterFactory() }, MaxDepth = MaxDepth };

    private readonly DistrictMapFile _file;
    private readonly IReadOnlyList<District> _districts;
    private readonly Envelope _bounds;
    private readonly ConfigFaults _faults;
    private readonly Dictionary<string, Geometry> _areas = [];
    private int _vertices;

    private DistrictMapReader(DistrictMapFile file, IReadOnlyList<District> districts, GeoBounds bounds, ConfigFaults faults)
    {
        (_file, _districts, _faults) = (file, districts, faults);
        _bounds = new Envelope(bounds.West - Beyond, bounds.East + Beyond, bounds.South - Beyond, bounds.North + Beyond);
    }

    /// <summary>Reads it; null, with the faults noted, when anything is wrong.</summary>
    /// <param name="file">What city.yaml says of it.</param>
    /// <param name="files">All files of the configuration.</param>
    /// <param name="districts">Of the city.</param>
    /// <param name="bounds">Of the city.</param>
    /// <param name="faults">Receives them.</param>
    public static DistrictMap? Read(DistrictMapFile file, IReadOnlyDictionary<string, byte[]> files, IReadOnlyList<District> districts, GeoBounds bounds, ConfigFaults faults)
    {
        if (files.TryGetValue(file.File, out byte[]? content)) return new DistrictMapReader(file, districts, bounds, faults).Read(content);
        faults.Add(file, "file", $"{ConfigScalar.Quote(file.File)}, and no such file", "a file of the configuration directory", Suggest.Closest(file.File, files.Keys.Where(static f => f.EndsWith(".geojson", StringComparison.Ordinal))));
        return null;
    }

    private DistrictMap? Read(byte[] content)
    {
        int before = _faults.All.Count;
        if (content.Length > MaxBytes)
        {
            Fault("", $"{content.Length} bytes", $"at most {MaxBytes}; a map for a screen needs no more points than can be seen");
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(content.AsMemory(content.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0), new JsonDocumentOptions { MaxDepth = MaxDepth });
            ReadAll(document.RootElement);
        }
        catch (JsonException e)
        {
            _faults.Add(new ConfigPlace(_file.File, (int)(e.LineNumber ?? 0) + 1, (int)(e.BytePositionInLine ?? 0) + 1), "", "no JSON: " + e.Message, "GeoJSON (RFC 7946)");
        }

        return _faults.All.Count > before ? null : DistrictMapDrawing.Of(_areas, _file.Approval, _file.Source?.ToNames());
    }

    private void ReadAll(JsonElement root)
    {
        if (root.ValueKind is not JsonValueKind.Object || !root.TryGetProperty("type", out JsonElement type) || !type.ValueEquals("FeatureCollection") || !root.TryGetProperty(Features, out JsonElement features) || features.ValueKind is not JsonValueKind.Array)
        {
            Fault("type", "something else than a FeatureCollection", "a FeatureCollection with features");
            return;
        }

        if (features.GetArrayLength() > MaxFeatures)
        {
            Fault(Features, $"{features.GetArrayLength()} features", $"at most {MaxFeatures}");
            return;
        }

        int before = _faults.All.Count, i = 0;
        foreach (JsonElement feature in features.EnumerateArray()) ReadFeature(feature, $"{Features}[{i++}]");
        if (_vertices > MaxVertices) Fault(Features, $"{_vertices} points", $"at most {MaxVertices}; a map for a screen needs no more than can be seen");
        if (_faults.All.Count > before) return;
        foreach (District missing in _districts.Where(d => !_areas.ContainsKey(d.Code)))
            Fault(Features, $"no feature whose {_file.Property} is {missing.Code} or {missing.Names.Zh}", "one for each district of city.yaml");
    }

    private void ReadFeature(JsonElement json, string path)
    {
        IFeature? feature;
        try
        {
            feature = json.Deserialize<IFeature>(GeoJson);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException or FormatException)
        {
            Fault(path, "what is no Feature: " + e.Message, FeatureWords);
            return;
        }

        if (feature?.Geometry is not (Polygon or MultiPolygon) || feature.Geometry.IsEmpty)
        {
            Fault(path + ".geometry", feature?.Geometry is { IsEmpty: false } other ? "a " + other.GeometryType : "none", FeatureWords);
            return;
        }

        _vertices += feature.Geometry.NumPoints;
        Coordinate? outside = _bounds.Contains(feature.Geometry.EnvelopeInternal) ? null : feature.Geometry.Coordinates.First(c => !_bounds.Contains(c));
        if (outside is not null) Fault(path + ".geometry.coordinates", string.Create(CultureInfo.InvariantCulture, $"[{outside.X}, {outside.Y}]"), $"[longitude, latitude] in degrees within the city's bounds and {Beyond.ToString(CultureInfo.InvariantCulture)} beyond");
        Assign(feature, path + ".properties." + _file.Property);
    }

    private void Assign(IFeature feature, string path)
    {
        string said = Convert.ToString(feature.Attributes?.GetOptionalValue(_file.Property), CultureInfo.InvariantCulture) ?? "";
        District? district = _districts.FirstOrDefault(d => d.Code == said || d.Names.Zh == said);
        if (district is null)
            Fault(path, said.Length == 0 ? "nothing" : ConfigScalar.Quote(said), "the code or the Chinese name of a district of city.yaml", Suggest.Closest(said, _districts.SelectMany(static d => new[] { d.Code, d.Names.Zh })));
        else if (!_areas.TryAdd(district.Code, feature.Geometry))
            Fault(path, $"{said} again", "each district once; one of several parts is a MultiPolygon");
    }

    private void Fault(string path, string found, string allowed, string? suggestion = null) => _faults.Add(new ConfigPlace(_file.File, 1, 1), path, found, allowed, suggestion);
}
