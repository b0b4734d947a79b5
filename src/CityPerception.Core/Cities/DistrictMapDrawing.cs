using System.Globalization;
using System.IO.Hashing;
using System.Text;
using CityPerception.Core.Configuration;
using NetTopologySuite.Algorithm.Construct;
using NetTopologySuite.Geometries;

namespace CityPerception.Core.Cities;

/// <summary>Puts areas of a sphere onto a plane: so many units as a screen has points, and no point twice.</summary>
internal sealed class DistrictMapDrawing
{
    // The longer side: more than a map on a wall of 3840 points has.
    private const int Side = 2000;

    private readonly Envelope _all = new();
    private readonly double _narrowing, _scale;

    private DistrictMapDrawing(IEnumerable<Geometry> areas)
    {
        foreach (Geometry area in areas) _all.ExpandToInclude(area.EnvelopeInternal);
        // A degree of longitude is shorter than one of latitude, in a city everywhere alike.
        _narrowing = Math.Cos(_all.Centre.Y * Math.PI / 180);
        _scale = Side / Math.Max(_all.Width * _narrowing, _all.Height);
    }

    /// <summary>Draws districts by their codes.</summary>
    public static DistrictMap Of(IReadOnlyDictionary<string, Geometry> areas, string approval, Names? source)
    {
        var drawing = new DistrictMapDrawing(areas.Values);
        DistrictOutline[] outlines = [.. areas.Select(a => drawing.OutlineOf(a.Key, a.Value)).OrderBy(static o => o.Code, StringComparer.Ordinal)];
        (int width, int height) = drawing.Place(new Coordinate(drawing._all.MaxX, drawing._all.MinY));
        var text = new StringBuilder().Append(approval).Append('\n').Append(source?.Zh).Append('\n').Append(source?.En);
        foreach (DistrictOutline outline in outlines) text.Append('\n').Append(outline.Code).Append(outline.Path);
        string version = XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(text.ToString())).ToString("x16", CultureInfo.InvariantCulture);
        return new DistrictMap(approval, source, width, height, outlines) { Version = version };
    }

    private DistrictOutline OutlineOf(string code, Geometry area)
    {
        var path = new StringBuilder();
        Polygon[] parts = [.. Enumerable.Range(0, area.NumGeometries).Select(area.GetGeometryN).Cast<Polygon>()];
        foreach (Polygon part in parts)
        {
            foreach (LineString ring in part.InteriorRings.Prepend(part.ExteriorRing)) Append(path, ring);
        }

        Polygon largest = parts.MaxBy(static p => p.Area)!;
        (int x, int y) = Place(MaximumInscribedCircle.GetCenter(largest, Math.Max(largest.EnvelopeInternal.Width, largest.EnvelopeInternal.Height) / 100).Coordinate);
        return new DistrictOutline(code, path.ToString(), x, y);
    }

    // Neighbours share their points, so both leave out the same ones.
    private void Append(StringBuilder path, LineString ring)
    {
        (int X, int Y)? last = null;
        foreach (Coordinate coordinate in ring.Coordinates.SkipLast(1))
        {
            (int X, int Y) place = Place(coordinate);
            if (place == last) continue;
            path.Append(last is null ? 'M' : 'L').Append(CultureInfo.InvariantCulture, $"{place.X} {place.Y}");
            last = place;
        }

        path.Append('z');
    }

    private (int X, int Y) Place(Coordinate coordinate) =>
        ((int)Math.Round((coordinate.X - _all.MinX) * _narrowing * _scale), (int)Math.Round((_all.MaxY - coordinate.Y) * _scale));
}
