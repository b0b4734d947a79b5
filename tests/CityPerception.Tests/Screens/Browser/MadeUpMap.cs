using System.Text.Json;
using CityPerception.Core.Cities;
using NetTopologySuite.Features;
using NetTopologySuite.Geometries;
using NetTopologySuite.IO.Converters;
using NetTopologySuite.Triangulate;

namespace CityPerception.Tests.Screens.Browser;

/// <summary>A map that nobody approved, of borders that do not exist: each district has what is nearer to its seat than to any other.</summary>
internal static class MadeUpMap
{
    private static readonly JsonSerializerOptions GeoJson = new() { Converters = { new GeoJsonConverterFactory() } };

    public static string Of(City city)
    {
        var factory = new GeometryFactory();
        var box = new Envelope(city.Bounds.West, city.Bounds.East, city.Bounds.South, city.Bounds.North);
        var diagram = new VoronoiDiagramBuilder { ClipEnvelope = box };
        diagram.SetSites([.. city.Districts.Select(static d => new Coordinate(d.Longitude, d.Latitude))]);
        Geometry cells = diagram.GetDiagram(factory), shape = factory.ToGeometry(box).Buffer(-0.3).Buffer(0.25);
        var map = new FeatureCollection();
        foreach (District district in city.Districts)
        {
            Point seat = factory.CreatePoint(new Coordinate(district.Longitude, district.Latitude));
            Geometry area = Enumerable.Range(0, cells.NumGeometries).Select(cells.GetGeometryN).Single(c => c.Contains(seat)).Intersection(shape);
            // Somebody may write anything into such a file.
            map.Add(new Feature(area, new AttributesTable { { "code", district.Code }, { "name", "<img src=x onerror=alert(1)>" } }));
        }

        return JsonSerializer.Serialize(map, GeoJson);
    }
}
